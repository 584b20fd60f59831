"""What the random networks are to reach: every layer, every argument of it, every kind of value of an argument."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, Formula, Number
from symparams.errors import LayerError
from symparams.layers import CATALOGUE
from symparams.layers.recurrent_cells import RNNCell
from symparams.model.arguments import AXIS, INTEGERS, SETTINGS, TARGET, Argument, Kind, Raw, arguments_of
from symparams.model.layer import Layer

_FEW = 7  # kinds of value: arguments with more of them are not paired with others

LAYERS = tuple(sorted({e.layer for e in CATALOGUE.values()}, key=lambda layer: layer.__name__))


@dataclass(frozen=True)
class Goal:
    """Something to be compared with a framework at least once."""

    layer: type[Layer]
    values: tuple[tuple[str, str], ...] = ()  # (argument, kind of value) together in one layer; (): the layer at all

    def __str__(self) -> str:
        return " ".join([self.layer.names[0], *(f"{name}={kind}" for name, kind in self.values)])


# ---------------------------------------------------------------- kinds of value


def _kinds(argument: Argument) -> tuple[str, ...]:
    """Each word of an argument, both answers; for numbers the default and another one, one for each axis …"""
    kind = argument.kind
    found = ["not given"] if argument.default is None else []
    if kind.answers:
        return (*found, "yes", "no")
    found += dict.fromkeys(map(_word, kind.words.values()))
    if kind.words and not _takes(kind, ONE):
        return tuple(found)
    has_default = argument.default not in (None, dataclasses.MISSING) and not isinstance(argument.default, str)
    found += ["default", "another"] if has_default or argument.default == "" else ["given"]
    if kind is SETTINGS:
        return tuple(found)
    found += ["several"] if _takes(kind, (Number(2), ONE)) else []
    found += ["different sides"] if _takes(kind, ((ONE, Number(2)), (Number(2), ONE))) else []
    found += ["from the start", "from the end"] if kind in (AXIS, INTEGERS) else []
    found += ["the rest"] if kind is TARGET else []
    found += ["a layer"] if _takes(kind, ONE) and _takes(kind, RNNCell(ONE)) else []
    return tuple(found)


def _takes(kind: Kind, raw: Raw) -> bool:
    try:
        kind.read(raw)
    except (ValueError, LayerError, TypeError):
        return False
    return True


def _word(value: object) -> str:
    return value if isinstance(value, str) else "keep"


def _pairs(layer: type[Layer], several: Mapping[str, Sequence[str]]) -> Iterator[Goal]:
    few = [[(name, kind) for kind in kinds] for name, kinds in several.items() if len(kinds) <= _FEW]
    return (Goal(layer, (v, w)) for one, other in combinations(few, 2) for v in one for w in other)


def _kinds_of(argument: Argument, value: object) -> set[str]:
    """What a value of an argument is called in these kinds."""
    if value is None:
        return {"not given"}
    if isinstance(value, bool):
        return {"yes" if value else "no"}
    if value in argument.kind.words.values() and isinstance(value, str):
        return {value}
    parts: tuple[object, ...] = value if isinstance(value, tuple) else (value,)
    axes = [part for part in parts if isinstance(part, int)]
    return {
        "given",
        "default" if value == argument.default else "another",
        "several" if len(parts) > 1 else "",
        "keep" if None in parts else "",
        "a layer" if isinstance(value, Layer) else "",
        "different sides" if any(isinstance(part, tuple) and part[0] != part[-1] for part in parts) else "",
        "the rest" if any(isinstance(part, Formula) and number(part) == -1 for part in parts) else "",
        *("from the end" if axis < 0 else "from the start" for axis in axes),
    }


# ---------------------------------------------------------------- what is to be reached

# By layer: the kinds of value of each argument; the goals, which are the layer at all and each of these kinds; and the
# kinds of two arguments at once, where these have few.
ARGUMENTS = {layer: {a.name: _kinds(a) for a in arguments_of(layer)} for layer in LAYERS}
GOALS = {
    layer: (Goal(layer), *(Goal(layer, ((name, kind),)) for name, kinds in several.items() for kind in kinds))
    for layer, several in ARGUMENTS.items()
}
PAIRS = {layer: tuple(_pairs(layer, several)) for layer, several in ARGUMENTS.items()}


# ---------------------------------------------------------------- what a run has reached


@dataclass
class Coverage:
    """What has been compared so far, with layers that can be changed to reach more."""

    reached: Counter[Goal] = field(default_factory=Counter)
    samples: dict[tuple[type[Layer], int], list[Sample]] = field(default_factory=dict)  # by axes of the first input

    def add(self, layer: Layer, arriving: tuple[tuple[int, ...], ...], asked: Collection[tuple[Layer, str]]) -> None:
        """A layer that was compared, where the builder has asked for some arguments of it and of layers in it."""
        for one in dict.fromkeys([layer, *(each for each, _ in asked)]):
            self._add(one, asked)
        if not arriving:
            return  # a layer that starts a chain, which no other input changes
        kept = self.samples.setdefault((type(layer), len(arriving[0])), [])
        if len(kept) == _SAMPLES:
            del kept[0]
        kept.append(Sample(layer, arriving))

    def _add(self, layer: Layer, asked: Collection[tuple[Layer, str]]) -> None:
        self.reached[Goal(type(layer))] += 1
        values = [
            (a.name, kind)
            for a in arguments_of(type(layer))
            if (layer, a.name) in asked
            for kind in _kinds_of(a, getattr(layer, a.name)).intersection(ARGUMENTS[type(layer)][a.name])
        ]
        self.reached.update(Goal(type(layer), (value,)) for value in values)
        self.reached.update(Goal(type(layer), (v, w)) for v, w in combinations(values, 2) if v[0] != w[0])

    def missing(self) -> list[Goal]:
        """What has not been compared, of the catalogue."""
        return [goal for layer in LAYERS for goal in GOALS[layer] if goal not in self.reached]

    def lines(self) -> Iterator[str]:
        """What has been reached, a line for each layer."""
        for layer in LAYERS:
            counts = [
                f"{name} {sum(Goal(layer, ((name, kind),)) in self.reached for kind in kinds)}/{len(kinds)}"
                for name, kinds in ARGUMENTS[layer].items()
            ]
            paired = PAIRS[layer]
            counts += [f"pairs {sum(p in self.reached for p in paired)}/{len(paired)}"] if paired else []
            yield f"{layer.names[0]} {self.reached[Goal(layer)]} times: " + ", ".join(counts or ["no arguments"])


_SAMPLES = 6  # of each layer and number of axes: the last ones


@dataclass(frozen=True)
class Sample:
    """A layer that was compared."""

    layer: Layer
    arriving: tuple[tuple[int, ...], ...]
