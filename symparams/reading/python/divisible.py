"""Sizes of an input that are open, where branches meet only if they can be halved: a U-Net without a stated size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from symparams.algebra.formula import Symbol
from symparams.errors import LayerError, Source, Span, SymparamsError, listed
from symparams.reading.reading import Repair
from symparams.sources import records as r
from symparams.sources.language import built
from symparams.sources.reader import read_network

_MEETING = frozenset({"concat", "concatenate", "add", "multiply", "average", "maximum", "subtract"})
_HALVINGS = 7  # at most


def with_divisible_sizes(
    statements: Sequence[r.Statement], source: Source, *, channels_first: bool
) -> tuple[Sequence[r.Statement], tuple[Repair, ...]]:
    """The statements, and that the open sizes of images are multiples of 2, 4, 8 …, if they fit only then."""
    calls = list(_calls(statements))
    letters = _open_sizes(calls, channels_first)
    if not letters or not any(call.name.casefold() in _MEETING for call in calls):
        return statements, ()
    try:
        built(statements, source)
    except LayerError:
        for halvings in range(1, _HALVINGS + 1):
            facts = ", ".join(f"{name} % {2**halvings} == 0" for name in letters)
            more = [*statements, *read_network(Source(source.name, f"where {facts}"))]
            with suppress(SymparamsError):
                built(more, source)
                return more, (_said(letters, 2**halvings),)
    except SymparamsError:
        pass
    return statements, ()


def _said(letters: dict[str, Span], factor: int) -> Repair:
    taken = "are taken as multiples" if len(letters) > 1 else "is taken as a multiple"
    return Repair(f"{listed(list(letters))} {taken} of {factor}", next(iter(letters.values())))


def _open_sizes(calls: Sequence[r.Call], channels_first: bool) -> dict[str, Span]:
    """The letters that are heights, widths and lengths of inputs, each with its place."""
    found: dict[str, Span] = {}
    for call in calls:
        if call.name == "input" and len(call.arguments) > 1:
            sizes = call.arguments[1:] if channels_first else call.arguments[:-1]
            found.update({one.value.name: call.at for one in sizes if isinstance(one.value, Symbol)})
    return found


def _calls(item: Any) -> Iterator[r.Call]:
    """Every call in parts of a text."""
    if isinstance(item, r.Call):
        yield item
    if isinstance(item, (tuple, list)):
        for part in item:
            yield from _calls(part)
