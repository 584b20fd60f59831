"""The records that are handed from floor to floor, explained by their docstrings and the comments at their fields."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Symbol
from symparams.algebra.notation import Notation
from symparams.documents.entries import LayerEntry
from symparams.documents.formats import Format
from symparams.documents.solution import Solution
from symparams.documents.written_question import WrittenQuestion
from symparams.exams.course import Course
from symparams.exams.kind import Kind
from symparams.exams.plan import Plan
from symparams.exams.question import Question
from symparams.layers import Entry
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistake
from symparams.misconceptions.task import Subject, Task
from symparams.model.conditions import Condition
from symparams.model.derived import Counts, Derived
from symparams.model.layer import Axis, Incoming, Outgoing, Reach, Requirement, Rules
from symparams.model.network import Network, Node
from symparams.model.tensor import Stored, Tensor, TensorAxis
from symparams.model.work import Work
from symparams.quantities.derivation import Derivation, Step
from symparams.quantities.quantity import Quantity
from symparams.quantities.settings import Settings
from symparams.sources.placements import Placement
from symparams.sources.records import Call
from tests.extensions.naming import fields_of, sentence
from tests.inside.floors import PACKAGE

# By what they are about, in the order in which a network meets them.
RECORDS: dict[str, tuple[type, ...]] = {
    "Formulas": (Formula, Symbol, Facts),
    "What was read": (Call, Placement, Entry),
    "What a layer says": (Incoming, Rules, Axis, Tensor, TensorAxis, Stored, Requirement, Outgoing, Work, Reach),
    "What follows from it": (Derived, Counts, Condition, Node, Network),
    "How it comes out": (Derivation, Step, Quantity, Settings),
    "What goes wrong": (Misconception, Task, Subject, Mistake),
    "What is asked": (Course, Kind, Plan, Question, WrittenQuestion),
    "What is printed": (Solution, LayerEntry, Format, Notation),
}
_TYPE = re.compile(r"(?<=\w): [^`]*`")  # of a field: what it is says enough here
_AT_LENGTH = (Formula, WrittenQuestion, LayerEntry, Format, Notation)  # whose fields another page has, or none has


def glossary() -> str:
    """Every record, with its fields."""
    groups = []
    for title, records in RECORDS.items():
        groups.append("\n".join([f"**{title}**", "", *(line for record in records for line in _entry(record))]))
    return "\n\n".join(groups)


def _entry(record: type) -> Iterator[str]:
    file = Path(str(inspect.getsourcefile(record))).relative_to(PACKAGE)
    yield f"- `{record.__name__}` (`{file}`): {sentence(record)}"
    if record not in _AT_LENGTH:
        yield from (_TYPE.sub("`", field, count=1) for field in fields_of(record))


def unexplained() -> list[str]:
    """Fields on this page without a comment, beside them or above them."""
    here = [record for records in RECORDS.values() for record in records if record not in _AT_LENGTH]
    lines = [(record.__name__, line) for record in here for line in fields_of(record)]
    return [f"{name}: {line.strip()}" for name, line in lines if not line.split("`", 2)[2].startswith(": ")]
