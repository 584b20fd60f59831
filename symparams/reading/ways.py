"""The ways in: which module reads which kind of text, and what a text looks like."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from symparams.errors import Source, SymparamsError, listed, nearest
from symparams.reading.reading import Reading, WayIn


class _Stands(NamedTuple):
    """Where a way in stands; it is loaded when a text is not in the language, and has what it needs to have."""

    kinds: tuple[str, ...]
    title: str
    recognised: str  # module:function
    read: str
    has: str = ""  # a pattern that every text of the kind has in it


_OBJECT = r"\A\s*\{"
# Of two that are as sure of a text the first one reads it.
_WAYS = (
    _Stands(("notebook",), "a notebook", "notebook:recognised", "notebook:read_notebook", _OBJECT),
    _Stands(
        ("keras-config",), "a Keras config", "configs.keras:recognised", "configs.keras:read_keras_config", "class_name"
    ),
    _Stands(("hf",), "a Hugging Face config", "huggingface:recognised", "huggingface:read_hf", _OBJECT),
    _Stands(("onnx",), "an ONNX model", "onnx.model:recognised", "onnx.model:read_onnx", r"=>"),
    _Stands(("question",), "a question with code or a table", "question:recognised", "question:read_question"),
    _Stands(("summary",), "a printed table", "tables.summary:recognised", "tables.summary:read_summary"),
    _Stands(("keras", "torch"), "Python code", "question:is_code", "python.program:read_python"),
)
_SURE = 0.5  # from here on a text counts as recognised

_CHAIN = re.compile(r"^[^#\n]*(?:->|→)|^\s*(?:input\s*\(|let |where |convention |model\s+\"|range )", re.MULTILINE)
_DEFINITION = re.compile(
    r"^\s*(?:async\s+)?def\s[^\n]*:\s*(?:#.*)?$|^\s*(?:import|from|class)\s|\.add\("
    r"|^\s*(?:>>> |In ?\[\d*\]: )?\w+(?:\.\w+)*\s*=\s*[A-Za-z_][\w.]*\(",
    re.MULTILINE,
)


_HEAD = re.compile(r"Layer\s{1,80}\(\s{0,3}type")


class Recognised(NamedTuple):
    """What a text looks like."""

    way: WayIn
    certainty: float  # from 0 to 1


def is_language(text: str) -> bool:
    """Whether a text looks like the architecture language, right or wrong, more than like anything else."""
    return _CHAIN.search(text) is not None and not is_program(text)


def is_program(text: str) -> bool:
    """Whether something stands in a text that only Python has: an import, a definition, a value that a call gives."""
    return _DEFINITION.search(text) is not None


def is_printed(text: str) -> bool:
    """Whether the head of a printed table stands in a text, or a list of weights with their shapes."""
    if _HEAD.search(text) is not None:
        return True
    return "weight" in text and bool(_function("tables.weights:lists_weights")(text))


def names_published(text: str) -> bool:
    """Whether a text calls a network that a framework brings along."""
    return bool(_function("python.published:published_calls")(text, "keras", "torch"))


def ways(text: str | None = None) -> list[WayIn]:
    """All ways in beside the language itself; those that a text can be for."""
    return [_loaded(one) for one in _WAYS if text is None or re.search(one.has, text)]


def _loaded(one: _Stands) -> WayIn:
    return WayIn(one.kinds, one.title, _function(one.recognised), _function(one.read))


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(f"symparams.reading.{module}"), name)
    return found


def recognised(text: str) -> WayIn | None:
    """The way in that is surest of a text; None where none is sure."""
    best = max((Recognised(way, way.recognised(text)) for way in ways(text)), key=lambda found: found.certainty)
    return best.way if best.certainty >= _SURE else None


def way_of_kind(kind: str) -> WayIn:
    """The way in for a kind as --from names it."""
    every = {name: way for way in _WAYS for name in way.kinds}
    if kind not in every:
        others = nearest(kind, every) or f"; the kinds are {listed(['arch', *every])}"
        raise SymparamsError(f"there is no kind of input `{kind[:60]}`{others}")
    return _loaded(every[kind])


def read_as(way: WayIn, source: Source) -> Reading:
    """A text read by a way in."""
    return way.read(source, source.model or None)
