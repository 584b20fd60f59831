"""A look at code that Python's tokenizer would refuse: texts, comments and brackets, as far as they can be told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from symparams.layers import CATALOGUE, key

_TOKEN = re.compile(
    r'''(?P<string>[rbfuRBFU]{0,2}(?:"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))'''
    r"|(?P<comment>#[^\n]*)|(?P<newline>\n)|(?P<space>[ \t]+)|(?P<name>[^\W\d]\w*)|(?P<number>\d[\w.]*)"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<other>\*\*|//|->|[=!<>+\-*/%]=|.)"
)


class Token(NamedTuple):
    """A piece of code."""

    kind: str  # string, comment, newline, space, name, number, open, close, other
    text: str
    start: int
    end: int


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """The pieces of a text."""
    for found in _TOKEN.finditer(text, start):
        yield Token(found.lastgroup or "other", found[0], found.start(), found.end())


OPENS = {"(": ")", "[": "]", "{": "}"}
KEYWORDS = frozenset(
    ["and", "as", "class", "def", "elif", "else", "except", "finally", "for", "from", "if", "import", "in", "is",
     "lambda", "not", "or", "pass", "return", "try", "while", "with", "yield"]
)  # fmt: skip
OPERATORS = frozenset(("if", "else", "for", "in", "and", "or", "not", "is"))


@cache
def layer_names() -> str:
    """A pattern for the names of layers, as classes are written."""
    names = {entry.name for entry in CATALOGUE.values() if entry.name[:1].isupper()}
    names |= {
        "Sequential",
        "Input",
        "Model",
        "ModuleList",
        "Activation",
        "LSTM",
        "GRU",
        "RNN",
        "Bidirectional",
        "Add",
        "Flatten",
    }
    return "|".join(sorted(names, key=len, reverse=True))


@cache
def starts() -> re.Pattern[str]:
    """How a statement of a program begins."""
    return re.compile(
        r"(?:from\s+[\w.]+\s+import\s+[\w(*]|import\s+[a-z][\w.]*(?=[\s,]|$)|class\s+\w+\s*(?:\(|:)|def\s+\w+\s*\(|return\s+[\w(\[]"
        r"|for\s+[\w, ()]+\s+in\s+[\w(\[].{0,200}?:|while\s.{1,200}?:|(?:if|elif)\s.{1,200}?:"
        r"|else\s*:|with\s.{1,200}?:|try\s*:|@\w+"
        r"|[A-Za-z_][\w.]*(?:\[[^\]\n]*\])?(?:\s*,\s*\(?[A-Za-z_][\w.]*\)?)*\s*(?:[+\-*/]|//)?=(?!=)\s*[\w(\[{'\"\-@]"
        r"|[a-z_]\w*\((?:torch|tf|np)\.|super\(|\(\w+(?:,\s*\w+)*\)\s*(?:,\s*\([^()]*\)\s*)?=(?!=)"
        rf"|[a-z_]\w*(?:\.\w+)+\s*\(|[a-z_]\w*\.[ ]?[a-z]\w*\(|(?:{layer_names()})\s*\(|print\b)"
    )


@cache
def _known() -> frozenset[str]:
    return frozenset(layer_names().split("|")) | {"add", "Parameter", "Dense", "Conv2D", "Linear"}


def is_layer_name(name: str) -> bool:
    """Whether a class of a framework has the name."""
    return name in _known() or key(name) in CATALOGUE
