"""Texts that reach what no network has reached yet: a layer that was compared, some of its arguments changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.model.arguments import (
    AXIS,
    INTEGERS,
    KEEP,
    LAYER,
    NAMED,
    RATE,
    SETTINGS,
    SIZES,
    TEXT,
    TOTALS,
    Argument,
    Quoted,
    arguments_of,
)
from symparams.model.layer import Layer
from tests.differential.coverage import GOALS, PAIRS, Coverage, Goal, Sample
from tests.differential.family import Draw, Sizes
from tests.differential.reach import is_out_of_reach

_UNAIMED = (LAYER, NAMED, TEXT)  # kinds of argument that only the families write
_LARGEST = 40  # of the sizes that arrive, as a number of layers, units …: larger ones only cost time and memory


@dataclass(frozen=True)
class Aim:
    """What is still to be reached, and layers to reach it with; the same for a whole batch of networks."""

    wanted: tuple[Goal, ...]  # what a run has to reach
    further: tuple[Goal, ...]  # pairs, and what is declared as out of reach
    samples: Mapping[type[Layer], tuple[Sample, ...]]

    @classmethod
    def at(cls, coverage: Coverage, convention: str) -> Aim:
        """What is to be aimed at after what has been reached."""
        samples: dict[type[Layer], tuple[Sample, ...]] = {}
        for (layer, _), found in coverage.samples.items():
            samples[layer] = (*samples.get(layer, ()), *found)
        left = [goal for layer in samples for goal in GOALS[layer] if goal not in coverage.reached]
        declared = [goal for goal in left if is_out_of_reach(goal, convention)]
        pairs = [goal for layer in samples for goal in PAIRS[layer] if goal not in coverage.reached]
        possible = [goal for goal in pairs if not is_out_of_reach(goal, convention)]
        wanted = [goal for goal in left if goal not in declared]
        return cls(_aimable(wanted), _aimable([*declared, *possible]), samples)


def _aimable(some: Sequence[Goal]) -> tuple[Goal, ...]:
    return tuple(goal for goal in some if goal.values and all(_is_aimable(goal.layer, *value) for value in goal.values))


def _is_aimable(layer: type[Layer], name: str, kind: str) -> bool:
    return kind in ("default", "not given") or _argument(layer, name).kind not in _UNAIMED


def _argument(layer: type[Layer], name: str) -> Argument:
    return next(a for a in arguments_of(layer) if a.name == name)


def aimed(draw: Draw, aim: Aim) -> tuple[tuple[Sizes, ...], str]:
    """Shapes that arrived at a layer, and the layer as a text, some of its arguments changed."""
    choices = [some for some in (aim.wanted, aim.wanted, aim.wanted, aim.further) if some]
    goal = draw(st.sampled_from(draw(st.sampled_from(choices))))
    sample = draw(st.sampled_from(aim.samples[goal.layer]))
    alike = [other for other in aim.wanted if other.layer is goal.layer]
    values = dict(goal.values)
    for other in draw(st.lists(st.sampled_from(alike), max_size=2)) if alike else []:
        values = dict(other.values) | values
    changed = {
        name: _value(draw, _argument(goal.layer, name), kind, sample.arriving[0]) for name, kind in values.items()
    }
    return sample.arriving, written_out(sample.layer, changed)


def _value(draw: Draw, argument: Argument, kind: str, arriving: Sizes) -> str | None:
    """A value of that kind, as it is written; None: not written."""
    if kind in ("default", "not given"):
        return None
    if kind in ("yes", "no", *map(str, argument.kind.words.values())):
        return kind
    rank = max(len(arriving) - 1, 1)
    axes = [*range(1, len(arriving) + 1)]
    one = st.sampled_from(["1", "2", "2", "3", "3", "4", "5", "6", *(str(n) for n in arriving if n <= _LARGEST)])
    if argument.kind is RATE or argument.kind is SETTINGS:
        one = st.sampled_from(["0.25", "0.5"])
    elif argument.kind in (AXIS, INTEGERS):
        one = st.sampled_from([str(-a if kind == "from the end" else a) for a in axes])
    if kind == "several":
        if argument.kind is SIZES and draw(st.booleans()):  # as many numbers as arrive
            return f"({', '.join(map(str, arriving[-draw(st.sampled_from([2, rank])) :]))})"
        return f"({', '.join(draw(one) for _ in range(draw(st.sampled_from([rank, rank, 2]))))})"
    if kind == "different sides":
        return f"({', '.join(f'({draw(one)}, {draw(one)})' for _ in range(rank))})"
    return KEEP if kind == "keep" else "-1" if kind == "the rest" else draw(one)


# ---------------------------------------------------------------- a layer as a text


def written_out(layer: Layer, changed: Mapping[str, str | None] | None = None) -> str:
    """The layer with its arguments, some of them changed."""
    every = arguments_of(type(layer))
    texts = {a.name: _text(a, getattr(layer, a.name)) for a in every} | dict(changed or {})
    bare = [a.name for a in every if a.positional] if any(a.variadic for a in every) else []
    given = [text for name in bare if (text := texts.pop(name))]
    given += [f"{name}={text}" for name, text in texts.items() if text]
    return f"{layer.names[0].casefold()}({', '.join(given)})"


def _text(argument: Argument, value: Any) -> str | None:
    if value is None or value == argument.default:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if value in argument.kind.words.values() else f'"{value}"'
    if argument.kind is TOTALS:
        value = tuple(pair[0] if pair[0] == pair[1] else pair for pair in value)
    if argument.variadic:
        return ", ".join(map(_part, value))
    return _part(value)


def _part(value: Any) -> str:
    if isinstance(value, tuple):
        return _part(value[0]) if len(value) == 1 else f"({', '.join(map(_part, value))})"
    if isinstance(value, Layer):
        return written_out(value)
    if isinstance(value, Quoted):
        return f'"{value.text}"'
    if isinstance(value, Formula):
        known = number(value)
        assert known is not None
        return shown(known, SOURCE)
    return KEEP if value is None else str(value)
