"""A text as far as it is understood: what is wrong with it, its layers where they stand, totals behind its lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from symparams import extensions, limits
from symparams.algebra.notation import shown, size
from symparams.algebra.notations import PLAIN
from symparams.commands.console import as_ours, plain_warnings
from symparams.editing.words import words
from symparams.errors import Place, Source, Span, SymparamsError, clean
from symparams.model.derived import added_over
from symparams.model.network import Network, Node
from symparams.sources.language import located

_LONGEST = 4000  # characters of a message


class Problem(NamedTuple):
    """What is wrong with a text."""

    start: int  # of the first character that is meant
    end: int  # behind the last one
    message: str  # what was found, and what would do
    suggestion: str  # the word that was perhaps meant; empty: none is known


class Total(NamedTuple):
    """Numbers that are shown behind a line."""

    offset: int  # where they stand
    text: str


class Call(NamedTuple):
    """A call in the text with the layers that it makes."""

    start: int
    end: int
    nodes: tuple[Node, ...]  # several where it stands in a macro or in brackets


class Seen(NamedTuple):
    """A text as far as it is understood."""

    network: Network | None  # None: it has an error
    calls: tuple[Call, ...]  # in the order of the text
    problem: Problem | None


@lru_cache(maxsize=16)
def seen(text: str) -> Seen:
    """A text, read once for all that is asked about it."""
    source = Source("<text>", text)
    try:
        with plain_warnings(), limits.work():
            network, spans = located(source)
    except SymparamsError as error:
        return Seen(None, (), _problem(error, text))
    except (RecursionError, MemoryError) as error:
        return Seen(None, (), _problem(as_ours(error), text))
    except Exception as error:
        if not extensions.loaded():
            raise
        return Seen(None, (), _problem(as_ours(error), text))
    by_span: dict[Span, list[Node]] = {}
    for index, span in spans.items():
        by_span.setdefault(span, []).append(network.nodes[index])
    places = ((Place(source, *span), nodes) for span, nodes in by_span.items())
    calls = sorted((Call(place.start, place.end, tuple(nodes)) for place, nodes in places), key=lambda one: one[:2])
    return Seen(network, tuple(calls), None)


def _problem(error: SymparamsError, text: str) -> Problem:
    """An error with its place; one that is about the text as a whole has its first line."""
    line = text.partition("\n")[0]
    start, end = (0, len(line)) if error.place is None else (error.place.start, error.place.end)
    return Problem(start, max(end, min(start + 1, len(text))), clean(error.matter, _LONGEST), error.suggestion)


def problem(text: str) -> Problem | None:
    """What is wrong with a text; None where it is a network, or nothing has been written yet."""
    return seen(text).problem if words(text) else None


def totals(text: str) -> list[Total]:
    """What the layers of each line have, behind the line, and behind the last one what the network has."""
    known = seen(text)
    if known.network is None:
        return []
    lines: dict[int, list[Call]] = {}
    for call in known.calls:
        end = text.find("\n", call.end)
        lines.setdefault(end if end >= 0 else len(text), []).append(call)
    found = [Total(end, _of_line(calls, known.network)) for end, calls in lines.items()]
    if found:
        whole = Total(found[-1].offset, f"parameters of the network: {shown(known.network.counts.params, PLAIN)}")
        found.append(whole)
    return found


def _of_line(calls: Sequence[Call], network: Network) -> str:
    """The shape behind a line and the parameters on it; of what is made several times, the parameters in all."""
    nodes = [node for call in calls for node in call.nodes]
    count = shown(added_over(((node.counts.params, node.repeats) for node in nodes), network.facts), PLAIN)
    if any(len(call.nodes) > 1 or call.nodes[0].repeats for call in calls):
        return f"parameters in all: {count}"
    return f"{size(calls[-1].nodes[-1].shape, PLAIN)}, parameters: {count}"
