"""Diagnoses over many layers and quantities: right answers are never explained, every mistake is named."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

import pytest

from symparams.algebra.formula import as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.diagnosis_document import render_diagnosis
from symparams.documents.rendering import Document
from symparams.errors import SymparamsError
from symparams.misconceptions.task import ASKED, Task
from symparams.quantities.clashes import without_clashes
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from tests.conftest import EXAMPLES
from tests.helpers import net

SWEPT = (
    "mnist-63",
    "exam-cnn",
    "exam-text",
    "vgg16-letters",
    "alexnet-torchvision",
    "mixtral",
    "bilstm-imdb",
    "deepseek-v2",
    "qwen3",
    "mamba",
    "swin",
)
PYTHON = re.compile(r"<[\w.]+ object|Traceback|\b(Product|Sum|Symbol|Number|Fraction|Formula|NoneType)\(|frozenset")


@cache
def diagnostician(name: str) -> Diagnostician:
    return Diagnostician(net((EXAMPLES / f"{name}.arch").read_text("utf-8")))


def tasks(name: str) -> Iterator[Task]:
    """What can be asked of one layer of each kind."""
    known, kinds = diagnostician(name), set()
    for node in known.network.nodes:
        if node.layer.inputs == "none" or type(node.layer) in kinds:
            continue
        kinds.add(type(node.layer))
        for quantity in ASKED:
            try:
                yield known.task(node.name, quantity)
            except SymparamsError:
                if quantity != "field":  # some layers have no receptive field of a size
                    raise


def diagnosed(name: str, task: Task, text: str) -> Diagnosis:
    return diagnostician(name).typed(task.node.name, task.quantity, text)


@pytest.mark.parametrize("name", SWEPT)
def test_right_answers_are_never_explained(name: str) -> None:
    for task in tasks(name):
        values = ", ".join(shown(as_formula(value), PLAIN) for value in task.values)
        letters = {*diagnostician(name).network.symbols}
        rules = ", ".join(f"({shown(without_clashes(rule), PLAIN)})" for rule in task.rules)
        clash = any(leaf in letters for leaf in re.findall(r"[A-Za-z]", rules))
        printed = values.replace(", ", " × ")
        for text in (printed, f"({printed})" if len(task.rules) > 1 else f"0 + {values}", *(() if clash else (rules,))):
            found = diagnosed(name, task, text)
            assert (found.correct, found.matches) == (True, ()), (task.node.name, task.quantity, text)


@pytest.mark.parametrize("name", SWEPT)
def test_every_single_mistake_is_named(name: str) -> None:
    known = diagnostician(name)
    for task in tasks(name):
        for mistake in known.mistakes.singles(task):
            if known.comparer.equal(task, mistake.rules, task.rules):
                continue
            found = known.of_layer(task.node.name, task.quantity, mistake.rules)
            single = [match.made[0].name for match in found.matches if len(match.made) == 1]
            assert mistake.made[0].name in single or len(single) == 6, (task.node.name, task.quantity, mistake.made)


@pytest.mark.parametrize("name", SWEPT)
def test_wrong_numbers_are_mostly_unexplained_and_say_no_python(name: str) -> None:
    drawn, explained, many = random.Random(1), 0, 0
    for task in tasks(name):
        if all(isinstance(value, int) and value > 1000 for value in task.values):
            answer = ", ".join(str(int(value) + drawn.randint(1, int(value))) for value in task.values)  # type: ignore[arg-type]
            found = diagnosed(name, task, answer)
            explained, many = explained + bool(found.matches), many + 1
            text = render_diagnosis(found, Document("steps", "text"))
            assert not PYTHON.search(text)
            assert found.matches or "The correct solution" in text
    assert explained * 20 <= many
