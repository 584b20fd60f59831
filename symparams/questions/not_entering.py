"""What does not affect a number of parameters, of what a text asks about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace

from symparams.algebra.formula import ONE, as_formula
from symparams.errors import SymparamsError
from symparams.model.arguments import arguments_of
from symparams.model.derived import Derived, known
from symparams.model.layer import Shape
from symparams.model.sentence import Text
from symparams.reading.inquiry import Topic

_MORE = 8  # positions that are added to see whether the number stays


def not_entering(derived: Derived, topics: Collection[Topic]) -> tuple[Text, ...]:
    """The sentences of a layer on what does not affect its number of parameters, those on these topics alone.

    A sentence is on a topic if it changes when only that is changed, and the number does not.
    """
    found: dict[Text, None] = {}
    ignores = derived.rules.ignores
    for topic in sorted(topics):
        for other in _changed(derived, topic):
            if other.counts.params == derived.counts.params:
                told = [sentence for sentence in ignores if sentence not in other.rules.ignores]
                found.update(dict.fromkeys(told or (ignores if len(ignores) == 1 else ())))
                break
    return tuple(found)


def _changed(derived: Derived, topic: Topic) -> Iterator[Derived]:
    """The layer with another value of what is asked about, in every way that can be meant."""
    if topic == "positions":
        for shapes in _longer(derived):
            with suppress(SymparamsError, ValueError, IndexError):
                read = tuple(x.is_sequence for x in derived.arriving)
                yield known(derived.layer, shapes, derived.convention, derived.facts, read, derived.laid_out)
        return
    for argument in arguments_of(type(derived.layer)):
        if argument.name == topic:
            value = getattr(derived.layer, topic)
            one = tuple(ONE for _ in value) if isinstance(value, tuple) else ONE
            with suppress(SymparamsError, ValueError, IndexError):
                layer = replace(derived.layer, **{topic: one})
                shapes = tuple(x.shape for x in derived.arriving)
                read = tuple(x.is_sequence for x in derived.arriving)
                yield known(layer, shapes, derived.convention, derived.facts, read, derived.laid_out)


def _longer(derived: Derived) -> Iterator[tuple[Shape, ...]]:
    """What arrives with more positions: along every axis but one, which may be that of the features."""
    axes = max((len(x.shape) for x in derived.arriving), default=0)
    for kept in reversed(range(axes if axes > 1 else 1)):
        yield tuple(
            tuple(
                size
                if axes > 1 and axis == kept
                else size + _MORE
                if isinstance(size, int)
                else as_formula(size) + _MORE
                for axis, size in enumerate(x.shape)
            )
            for x in derived.arriving
        )
