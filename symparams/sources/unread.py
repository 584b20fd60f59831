"""What is said of a text in which no network is found, or one that is written for something that is not read here."""

from __future__ import annotations

import re

from symparams.errors import Source, SymparamsError
from symparams.sources.losses import loss_in

_LOOK = 100_000  # characters that are looked at
_ELSEWHERE = (  # what stands in code or tables of other frameworks, and in no code of Keras or PyTorch
    (re.compile(r"\bnnx\.\w|\bnn\.compact\b|\bflax\.linen|\bfrom flax\b|[┃│][ ]*float32\[\d"), "Flax"),
    (re.compile(r"\bhk\.(?:transform|Linear|Conv\dD|Sequential|Module)\b"), "Haiku"),
    (re.compile(r"\beqx\.(?:nn\.|Module)"), "Equinox"),
    (re.compile(r"\bmx\.sym\.|\bgluon\.nn\b|\bmxnet\b"), "MXNet"),
)
_READ = re.compile(r"\b(?:torch|keras|tensorflow)\b")
_ROUNDED = re.compile(r"\|\s{1,80}Name\s{1,80}\|\s{1,80}Type\s{1,80}\|\s{1,80}Params\b")


def elsewhere(text: str) -> str:
    """The framework that a text is written for, if it is one that is not read; else ""."""
    text = text[:_LOOK]
    if _READ.search(text) is not None:
        return ""
    return next((name for pattern, name in _ELSEWHERE if pattern.search(text)), "")


def is_rounded(text: str) -> bool:
    """Whether a text has a table of PyTorch Lightning, which rounds its counts."""
    return _ROUNDED.search(text[:_LOOK]) is not None


def not_found(matter: str, source: Source) -> SymparamsError:
    """The error for a text in which no network was found; what its reader can know of the text is said instead."""
    text = source.text[:_LOOK]
    if framework := elsewhere(text):
        matter = f"this is written for {framework}; what is read is code and tables of Keras and PyTorch, and ONNX"
    elif is_rounded(text):
        matter = (
            "this table of PyTorch Lightning rounds its counts; the code, or what print(model) or torchinfo prints, "
            "would do"
        )
    elif loss := loss_in(text):
        matter = f"`{loss}` is a loss, which has no parameters; {matter}"
    return SymparamsError(matter, source=source)
