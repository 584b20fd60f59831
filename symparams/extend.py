"""All that a layer, a misconception, a quantity, a format, a kind of question or an export is written with.

A distribution of its own declares in a module what it brings, and names the module under the entry points
`symparams.extensions`; docs/extending.md shows how. What is named here stays as it is.
"""

from __future__ import annotations

from symparams.algebra.formula import (
    ONE,
    ZERO,
    Formula,
    Number,
    Symbol,
    Value,
    as_formula,
    ceil,
    floor,
    product,
    total,
)
from symparams.algebra.notation import Notation
from symparams.algebra.notations import LATEX, PLAIN, SOURCE
from symparams.documents.formats import Format
from symparams.documents.written_question import (
    AnswerType,
    BankInfo,
    WrittenBlank,
    WrittenMistake,
    WrittenOption,
    WrittenQuestion,
)
from symparams.errors import LayerError, SymparamsError
from symparams.exams.course import Course
from symparams.exams.kind import Kind as QuestionKind
from symparams.exams.kinds.computed import plans as questions_about
from symparams.exams.plan import Computed, Plan
from symparams.exams.question import Question
from symparams.exports.export import Export, FolderExport, Item, Items, PackedExport, PaperExport, TextExport
from symparams.extension import Extension
from symparams.extensions import use
from symparams.layers import entries
from symparams.layers.activation import ACTIVATION, activated
from symparams.misconceptions.edits import exchanged, named, some, without_factor, without_term
from symparams.misconceptions.misconception import Misconception, misconception
from symparams.misconceptions.task import Subject
from symparams.model.arguments import (
    AXIS,
    COUNT,
    INTEGERS,
    LAYER,
    NOT_NEGATIVE,
    RATE,
    SIZES,
    TEXT,
    argument,
    choice,
    switch,
)
from symparams.model.layer import (
    EVERYWHERE,
    UNKNOWN,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Reach,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.network import Network, Node
from symparams.model.sentence import Sentence, say
from symparams.model.tensor import Stored, Tensor, TensorAxis, biases, tensor
from symparams.model.work import Work
from symparams.quantities.quantity import Quantity
from symparams.quantities.settings import Settings

__all__ = [
    "ACTIVATION",
    "AXIS",
    "COUNT",
    "EVERYWHERE",
    "INTEGERS",
    "LATEX",
    "LAYER",
    "NOT_NEGATIVE",
    "ONE",
    "PLAIN",
    "RATE",
    "SIZES",
    "SOURCE",
    "TEXT",
    "UNKNOWN",
    "ZERO",
    "AnswerType",
    "Axis",
    "BankInfo",
    "Computed",
    "Course",
    "Export",
    "Extension",
    "FolderExport",
    "Format",
    "Formula",
    "Incoming",
    "Item",
    "Items",
    "Layer",
    "LayerError",
    "Misconception",
    "Network",
    "Node",
    "Notation",
    "Number",
    "Outgoing",
    "PackedExport",
    "PaperExport",
    "Plan",
    "Quantity",
    "Question",
    "QuestionKind",
    "Reach",
    "Requirement",
    "Rules",
    "Sentence",
    "Settings",
    "Sight",
    "Stored",
    "Subject",
    "Symbol",
    "SymparamsError",
    "Tensor",
    "TensorAxis",
    "TextExport",
    "Unit",
    "Value",
    "Work",
    "WrittenBlank",
    "WrittenMistake",
    "WrittenOption",
    "WrittenQuestion",
    "activated",
    "argument",
    "as_formula",
    "biases",
    "ceil",
    "choice",
    "entries",
    "exchanged",
    "floor",
    "layer_class",
    "misconception",
    "named",
    "nothing_to_learn",
    "product",
    "questions_about",
    "say",
    "some",
    "switch",
    "symbol",
    "tensor",
    "total",
    "use",
    "without_factor",
    "without_term",
]

# What is no class or function and so has no docstring: where it comes from, and what it is.
ABOUT = {
    "AnswerType": ("exams", "how a question is answered: `number`, `shape`, `formula` or `choice`"),
    "EVERYWHERE": ("model.layer", "what an output sees that depends on the whole input"),
    "Item": ("exports", "what an export keeps of a question: a text, or texts, numbers and lists of them as in JSON"),
    "LATEX": ("algebra.notation", "formulas as LaTeX"),
    "ONE": ("algebra.formula", "1 as a formula"),
    "PLAIN": ("algebra.notation", "formulas as plain text"),
    "SOURCE": ("algebra.notation", "formulas as the language of networks has them"),
    "Sight": ("model.layer", "what an output sees: a `Reach` for each spatial axis, `EVERYWHERE` or `UNKNOWN`"),
    "UNKNOWN": ("model.layer", "what an output sees where no formula gives it"),
    "Value": ("algebra.formula", "a number or, where there are letters, a formula"),
    "ZERO": ("algebra.formula", "0 as a formula"),
}
