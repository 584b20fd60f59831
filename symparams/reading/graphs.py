"""Layers with what feeds them -> chains of the language, one for each run of layers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from symparams.errors import Place, Source, Span, SymparamsError
from symparams.sources import records as r


class Step(NamedTuple):
    """A layer, or a nested model, in its place."""

    inputs: tuple[str, ...]  # the names of the points that feed it
    item: r.Item
    name: str  # of the point that it makes
    at: Span


def chains_of(steps: Sequence[Step]) -> tuple[r.Chain, ...]:
    """The steps, each behind what feeds it; those that follow one another stand in one chain."""
    runs: list[list[r.Item]] = []
    ats: list[Span] = []
    last = None
    for step in steps:
        if last is not None and step.inputs == (last,):
            runs[-1].append(step.item)
        else:
            runs.append([*_head(step), step.item])
            ats.append(step.at)
        last = step.name
    return tuple(r.Chain(tuple(items), at) for items, at in zip(runs, ats, strict=True))


def one_chain(steps: Sequence[Step], arriving: str | None, leaving: str, at: Span) -> r.Chain:
    """The same as one chain that begins at a point and ends in another; what stands aside is bracketed."""
    items: list[r.Item] = []
    last = arriving
    for step in steps:
        if last is not None and step.inputs == (last,):
            items.append(step.item)
        else:
            items.append(r.Group(r.Chain((*_head(step), step.item), step.at), None, None, None, None, step.at, step.at))
        last = step.name
    if last != leaving:
        back = r.Chain((r.Reference(leaving, at),), at)
        items.append(r.Group(back, None, None, None, None, at, at))
    return r.Chain(tuple(items), at)


def _head(step: Step) -> Iterator[r.Item]:
    """What a step begins at."""
    ends = [r.Reference(name, step.at) for name in step.inputs]
    if len(ends) == 1:
        yield ends[0]
    elif ends:
        yield r.Branches(tuple(r.Chain((end,), step.at) for end in ends), step.at)


class Names:
    """Names of points, each given once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._taken: set[str] = set()
        self._counted: dict[str, int] = {}  # how many of a stem have been given

    def free(self, wanted: str, around: str, at: Span) -> str:
        """The name of a layer: its own, with that of the model around it where the own one is taken."""
        if not all(c.isprintable() and c not in '"\\' for c in wanted):
            raise SymparamsError("a name has no quotes, backslashes or line breaks in it", Place(self.source, *at))
        name = f"{around}/{wanted}" if wanted in self._taken and around else wanted
        return self._kept(name) if name not in self._taken else self._numbered(name, 1)

    def again(self, name: str) -> str:
        """The name of a further call of a layer."""
        return self._numbered(f"{name}_call", 2)

    def counted(self, stem: str) -> str:
        """The next of the names with a stem: relu_1, relu_2."""
        return self._numbered(stem, 1)

    def _numbered(self, stem: str, first: int) -> str:
        while True:
            self._counted[stem] = count = self._counted.get(stem, first - 1) + 1
            if (name := f"{stem}_{count}") not in self._taken:
                return self._kept(name)

    def _kept(self, name: str) -> str:
        self._taken.add(name)
        return name


def usual_name(kind: str) -> str:
    """What Keras calls the first layer of a class: max_pooling2d."""
    inside = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", inside).lower()
