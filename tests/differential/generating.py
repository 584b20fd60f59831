"""Random networks as texts: chains, branches, repetition, macros, shared layers, in both conventions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from symparams.layers import CATALOGUE, Entry, key
from symparams.sources.framework_names import meanings
from tests.differential.aiming import Aim, aimed
from tests.differential.families import families
from tests.differential.family import ANY, Arriving, Draw, Family, Point, Sizes, Writer
from tests.differential.reading import NotUnderstoodError, Read, read

_NUMBER = re.compile(r"(?<=[(=])(\d+)(?=[,)])|(?<=, )(\d+)(?=[,)])")  # a whole argument that is a number
_LARGEST = 40_000  # numbers in a tensor: larger ones only cost time


@dataclass
class Sketch:
    """A network being written."""

    convention: str
    writers: Sequence[Writer]
    heads: list[str] = field(default_factory=list)  # macros and lets
    points: list[Point] = field(default_factory=list)
    count: int = 0  # of names given so far
    behind: dict[tuple[Sizes, str], Sizes | None] = field(default_factory=dict)  # what has been asked already

    def name(self) -> str:
        self.count += 1
        return f"x{self.count}"

    def probe(self, shape: Sizes, item: str, *heads: str) -> Read:
        """What symparams says of the item where the shape arrives."""
        used = dict.fromkeys(re.findall(r"@(\w+)", item))
        named = [p for p in self.points if p.name in used]
        before = [
            f"input{_sizes(p.shape)} as {p.name}"
            if p.arrived is None
            else f"input{_sizes(p.arrived)} -> {p.text} as {p.name}"
            for p in named
        ]
        text = "\n".join(
            [f"convention {self.convention}", *self.heads, *heads, *before, f"input{_sizes(shape)} -> {item}"]
        )
        return read(text)

    def shape_behind(self, shape: Sizes, item: str) -> Sizes | None:
        """What leaves the item when the shape arrives; None if it is refused."""
        if (shape, item) not in self.behind:
            self.behind[shape, item] = self._behind(shape, item)
        return self.behind[shape, item]

    def _behind(self, shape: Sizes, item: str) -> Sizes | None:
        try:
            found = self.probe(shape, item)
        except Exception:  # whatever is wrong is wrong again when the whole network is compared, and told there
            return None
        return None if found.refused or found.by_name else tuple(map(int, found.nodes[-1].shape))  # type: ignore[arg-type]

    def understood(self, shape: Sizes, item: str, *heads: str) -> bool:
        """Whether the item can be read: a number put somewhere else may not be one that its argument takes."""
        try:
            self.probe(shape, item, *heads)
        except NotUnderstoodError:
            return False
        return True


def _sizes(shape: Sizes) -> str:
    return f"({', '.join(map(str, shape))})"


@st.composite
def networks(draw: Draw, convention: str, only: Family | None = None, aim: Aim | None = None) -> str:
    """The text of a network; the last layer is often one that is refused."""
    if aim is not None and (aim.wanted or aim.further) and draw(st.integers(0, 3)) > (1 if aim.wanted else 2):
        return _aimed(draw, convention, aim)
    writers = [w for f in families().values() for w in f.writers if convention in w.conventions]
    if only is not None:  # its own layers mostly, the others in between
        mine = [w for w in only.writers if convention in w.conventions]
        writers = mine * (2 * len(writers) // max(len(mine), 1) + 1) + writers
    weighted = [w for w in writers for _ in range(w.weight)]
    sketch = Sketch(convention, weighted)
    chains = [_beside(draw, sketch)] if draw(st.integers(0, 4)) == 0 else []
    shape = _input(draw, convention)
    items = [f"input{_sizes(shape)}"]
    _chain(draw, sketch, shape, items, draw(st.integers(1, 7)))
    if draw(st.integers(0, 9)) == 0:
        items = _with_let(draw, sketch, items)
    return "\n".join([f"convention {convention}", *sketch.heads, *chains, " -> ".join(items)])


def _aimed(draw: Draw, convention: str, aim: Aim) -> str:
    """Layers that reach something new, each on inputs of its own; those that we refuse are left out."""
    lines = [f"convention {convention}"]
    for i in range(draw(st.integers(1, 8))):
        arriving, item = aimed(draw, aim)
        points = [f"input{_sizes(shape)} as a{i}_{j}" for j, shape in enumerate(arriving)]
        branches = " | ".join(f"@a{i}_{j}" for j in range(len(arriving)))
        chain = [*points, f"{{ {branches} }} -> {item}"]
        if len(points) == 1:
            chain = [f"input{_sizes(arriving[0])} -> {item}"]
        if _is_accepted("\n".join([lines[0], *chain])):
            lines += chain
    return "\n".join(lines if len(lines) > 1 else [*lines, "input(1) -> id"])


def _is_accepted(text: str) -> bool:
    try:
        found = read(text)
    except NotUnderstoodError:
        return False
    return found.refused is None and not found.by_name


def _input(draw: Draw, convention: str) -> Sizes:
    """Odd sizes, small ones, a few channels."""
    axes = draw(st.sampled_from([*ANY[:3], *ANY[:3], 4]))
    channels = draw(st.sampled_from([1, 2, 3, 4, 6, 8, 12, 32]))
    largest = {1: 1, 2: 40, 3: 24, 4: 10}[axes]
    spatial = tuple(draw(st.integers(1 if axes < 4 else 2, largest)) for _ in range(axes - 1))
    return (*spatial, channels) if convention == "keras" else (channels, *spatial)


def _beside(draw: Draw, sketch: Sketch) -> str:
    """A second input, named, that layers with a memory may take."""
    shape = _input(draw, sketch.convention)
    name = sketch.name()
    sketch.points.append(Point(name, shape, None, ""))
    return f"input{_sizes(shape)} as {name}"


def _chain(draw: Draw, sketch: Sketch, shape: Sizes, items: list[str], length: int) -> None:
    """Put items behind each other until one is refused."""
    for _ in range(length):
        kind = draw(st.sampled_from(["layer"] * 8 + ["fork"] * 3 + ["copies", "macro", "skip", "share"]))
        item = _KINDS[kind](draw, sketch, shape)
        after = sketch.shape_behind(shape, item)
        if after is not None and _numbers(after) > _LARGEST:
            continue
        named = item.startswith("embedding") or draw(st.integers(0, 4)) == 4  # an embedding may be tied to
        if kind == "layer" and after is not None and named:
            name = sketch.name()
            sketch.points.append(Point(name, after, None if "@" in item or "{" in item else shape, item))
            item = f"{item} as {name}"
        items.append(item)
        if after is None:
            return
        shape = after


def _numbers(shape: Sizes) -> int:
    result = 1
    for size in shape:
        result *= size
    return result


def _layer(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    """A layer; one that does not fit is mostly drawn again, for networks that go on."""
    item = ""
    for _ in range(4):
        fitting = [w for w in sketch.writers if len(shape) in w.axes and not w.merges]
        writer = draw(st.sampled_from(fitting))
        item = _renamed(
            draw, writer.draw(draw, Arriving(shape, sketch.convention, tuple(sketch.points))), len(shape) - 1
        )
        if sketch.shape_behind(shape, item) is not None or draw(st.integers(0, 3)) == 0:
            break
    return item


def _renamed(draw: Draw, item: str, rank: int) -> str:
    """Now and then another name of the catalogue for the same layer."""
    found = re.match(r"\w+", item)
    entry = CATALOGUE.get(key(found[0])) if found else None
    if found is None or entry is None or draw(st.integers(0, 4)):
        return item
    others = _names(entry, rank)
    return draw(st.sampled_from(others)) + item[found.end() :] if others else item


def _names(entry: Entry, rank: int) -> list[str]:
    """Our own names, class names in small letters too: as they are, those take what their framework takes."""
    alike = [e for e in CATALOGUE.values() if e.layer is entry.layer and e.preset == entry.preset]
    spelled = {e.name.casefold() for e in alike if e.rank in (None, rank)} | {e.name for e in alike if not e.rank}
    names = sorted(prefix + name for name in spelled for prefix in ("", "nn."))
    return [name for name in names if not meanings(name, CATALOGUE)]


def _keeping(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    """One or two layers that leave the shape as it is, or nothing."""
    items = []
    for _ in range(draw(st.integers(1, 2))):
        item = _layer(draw, sketch, shape)
        if sketch.shape_behind(shape, item) == shape:
            items.append(item)
    return " -> ".join(items) or "id"


def _some(draw: Draw, sketch: Sketch, shape: Sizes) -> tuple[str, Sizes]:
    """One to three layers that are not refused, and the shape behind them."""
    items = []
    for _ in range(draw(st.integers(1, 3))):
        item = _layer(draw, sketch, shape)
        after = sketch.shape_behind(shape, item)
        if after is not None and _numbers(after) <= _LARGEST:
            items.append(item)
            shape = after
    return " -> ".join(items) or "id", shape


def _merge(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    fitting = [w for w in sketch.writers if w.merges and len(shape) in w.axes]
    return draw(st.sampled_from(fitting)).draw(draw, Arriving(shape, sketch.convention, tuple(sketch.points)))


def _fork(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    """Branches that mostly have one shape."""
    way = draw(st.sampled_from(["keeping", "keeping", "equal", "equal", "any"]))
    count = draw(st.sampled_from([2, 2, 2, 3]))
    if way == "keeping":
        branches = ["id", *(_keeping(draw, sketch, shape) for _ in range(count - 1))]
    elif way == "equal":
        first, after = _some(draw, sketch, shape)
        branches = [first] * count
        extra = _keeping(draw, sketch, after)
        if extra != "id":
            branches[-1] = f"{first} -> {extra}"
        shape = after
    else:
        branches = [_some(draw, sketch, shape)[0] for _ in range(count)]
    return f"{{ {' | '.join(branches)} }} -> {_merge(draw, sketch, shape)}"


def _skip(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    """A named place joined again: one of the same shape, if there is one."""
    alike = [p for p in sketch.points if p.shape == shape] or sketch.points
    if not alike:
        return _layer(draw, sketch, shape)
    point = draw(st.sampled_from(alike))
    branches = draw(st.permutations(["id", f"@{point.name}"]))
    return f"{{ {' | '.join(branches)} }} -> {_merge(draw, sketch, shape)}"


def _share(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    layers = [p for p in sketch.points if p.arrived is not None and len(p.arrived) == len(shape)]
    alike = [p for p in layers if p.arrived == shape] or layers
    if not alike:
        return _layer(draw, sketch, shape)
    return f"share(@{draw(st.sampled_from(alike)).name})"


def _copies(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    """A chain again and again, or with a number that runs."""
    chain = _some(draw, sketch, shape)[0]
    found = list(_NUMBER.finditer(chain))
    if draw(st.booleans()) and found:
        place = draw(st.sampled_from(found))
        size = int(place[0])
        start = draw(st.integers(1, 2))
        rule = draw(st.sampled_from(["i", "2*i", f"{size}*i", "2^i"])) if size else "i - 1"
        item = f"[{chain[: place.start()]}{rule}{chain[place.end() :]} for i in {start}..{start + 1}]"
        if sketch.understood(shape, item):
            return item
    return f"[{chain}] * {draw(st.integers(1, 3))}"


def _macro(draw: Draw, sketch: Sketch, shape: Sizes) -> str:
    """A chain under a name, with one of its numbers as a parameter."""
    chain = _some(draw, sketch, shape)[0]
    name = f"part{len(sketch.heads) + 1}"
    found = list(_NUMBER.finditer(chain))
    if not found:
        sketch.heads.append(f"def {name} = {chain}")
        return name
    place = draw(st.sampled_from(found))
    default = draw(st.sampled_from(["", f"={place[0]}"]))
    sketch.heads.append(f"def {name}(n{default}) = {chain[: place.start()]}n{chain[place.end() :]}")
    return f"{name}({'' if default and draw(st.booleans()) else place[0]})"


def _with_let(draw: Draw, sketch: Sketch, items: list[str]) -> list[str]:
    """One number of the chain as a letter with a value."""
    places = [(i, m) for i, item in enumerate(items) for m in _NUMBER.finditer(item)]
    if not places:
        return items
    index, place = draw(st.sampled_from(places))
    sketch.heads.append(f"let q = {place[0]}")
    changed = items[index][: place.start()] + "q" + items[index][place.end() :]
    return [*items[:index], changed, *items[index + 1 :]]


_KINDS: dict[str, Callable[[Draw, Sketch, Sizes], str]] = {
    "layer": _layer,
    "fork": _fork,
    "copies": _copies,
    "macro": _macro,
    "skip": _skip,
    "share": _share,
}
