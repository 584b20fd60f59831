"""Receptive fields: what part of the input a number of a feature map sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from symparams.algebra.comparing import same
from symparams.algebra.facts import Facts
from symparams.algebra.formula import ONE, Formula, Function, Value, as_formula
from symparams.algebra.normal import formula_of, minus, quotient
from symparams.algebra.simplifying import poly, simplified
from symparams.algebra.summing import Repeat, mentions
from symparams.model.derived import Derived
from symparams.model.layer import Incoming, symbol
from symparams.model.network import Network, Node


@dataclass(frozen=True, slots=True)
class Field:
    """What the numbers of a feature map see along one axis: number x sees `size` places from offset + x·jump on."""

    axis: str  # height, width …
    size: Value  # how many places it sees: r
    jump: Value  # how far apart the fields of neighbours begin: j
    offset: Value  # where the field of the first output number begins; negative in the padding: o
    made_of: tuple[Value, ...] = ()  # r, j and o of the input, k, s and p of the layer; (): as the layer before

    @property
    def rules(self) -> tuple[Formula, ...]:
        """The rules for size, jump and offset; (): as the layer before."""
        if not self.made_of:
            return ()
        named = zip(_LETTERS, self.made_of, strict=True)
        return _rules(*(symbol(name, value, meaning, incoming=incoming) for (name, meaning, incoming), value in named))


_LETTERS = (
    ("r_in", "receptive field of the input", True),
    ("j_in", "jump of the input", True),
    ("o_in", "offset of the input", True),
    ("k", "places that the kernel spans", False),
    ("s", "stride", False),
    ("p", "padding before", False),
)


def _rules(r: Any, j: Any, o: Any, k: Any, s: Any, p: Any) -> tuple[Any, Any, Any]:
    """Size, jump and offset behind a layer, for known integers or for formulas."""
    return r + (k - 1) * j, j * s, o - p * j


State: TypeAlias = "tuple[Field, ...] | Literal['everywhere', 'unknown']"


_Known: TypeAlias = (
    "dict[Derived, tuple[tuple[Value, ...], ...] | Literal['everywhere', 'unknown']]"  # windows of a layer
)


def fields(network: Network) -> list[State]:
    """The receptive field at the output of every layer: in the first of its copies, at their end behind the last."""
    states: list[State] = []
    _follow(network, states, len(network.nodes), 0, {})
    return states


def _follow(network: Network, states: list[State], end: int, depth: int, known: _Known) -> None:
    """Work out the states up to the node `end`, all of one copy of the brackets around."""
    while len(states) < end:
        node = network.nodes[len(states)]
        if len(node.repeats) > depth:
            repeat = node.repeats[depth]
            start = len(states)
            last = start
            while (
                last < end and len(network.nodes[last].repeats) > depth and network.nodes[last].repeats[depth] is repeat
            ):
                last += 1
            before = states[node.inputs[0]] if node.inputs else "unknown"
            _follow(network, states, last, depth + 1, known)
            states[-1] = _after_copies(before, states[-1], repeat, network.facts)
        else:
            states.append(_of(node, [states[i] for i in node.inputs], network.facts, known))


def _of(node: Node, arriving: Sequence[State], facts: Facts, known: _Known) -> State:
    if not arriving:
        names = _spatial(Incoming(node.shape, node.derived.convention))
        return tuple(Field(name, 1, 1, 0) for name in names)
    if node.kind == "copies":
        return arriving[0]
    state = _joined(arriving, facts)
    windows = known.get(node.derived)
    if windows is None:
        windows = known[node.derived] = _windows(node, facts)
    if windows == "everywhere" or (isinstance(windows, str) and not isinstance(state, str)):
        return windows
    if isinstance(state, str) or isinstance(windows, str):
        return state
    if not windows and _mixes_the_width(node):
        return "unknown"
    if not windows:
        return tuple(Field(f.axis, f.size, f.jump, f.offset) for f in state) if any(f.made_of for f in state) else state
    if len(windows) != len(state):
        return "unknown"
    return tuple(_through(field, window, facts) for field, window in zip(state, windows, strict=True))


def _mixes_the_width(node: Node) -> bool:
    """Whether a layer for features stands on an image with its channels first: its last axis is the width."""
    out = node.derived.out
    return node.derived.convention == "torch" and len(out.axes) > 2 and out.axes[-1] == "features"


def _spatial(x: Incoming) -> tuple[str, ...]:
    return tuple(name for name in x.axis_names() if name not in ("channels", "features"))


def _through(field: Field, window: tuple[Value, ...], facts: Facts) -> Field:
    """The field behind a layer whose window spans k places, moves by s and begins p places before the input."""
    made_of = (field.size, field.jump, field.offset, *window)
    if all(isinstance(value, int) for value in made_of):
        return Field(field.axis, *_rules(*made_of), made_of)
    size, jump, offset = (simplified(as_formula(v), facts) for v in _rules(*map(as_formula, made_of)))
    return Field(field.axis, size, jump, offset, made_of)


def _windows(node: Node, facts: Facts) -> tuple[tuple[Value, ...], ...] | Literal["everywhere", "unknown"]:
    """k, s and p of a layer along each axis."""
    reach = node.layer.reach(*node.derived.arriving)
    if isinstance(reach, str):
        return reach
    return tuple(tuple(simplified(f, facts) for f in (one.kernel, one.stride, one.before)) for one in reach)


def _joined(states: Sequence[State], facts: Facts) -> State:
    """Branches joined: from the first place that one of them sees to the last."""
    first = states[0]
    for other in states[1:]:
        if "unknown" in (first, other):
            return "unknown"
        if "everywhere" in (first, other):
            first = "everywhere"
            continue
        assert not isinstance(first, str)
        assert not isinstance(other, str)
        if len(first) != len(other):
            return "unknown"
        pairs = [_hull(a, b, facts) for a, b in zip(first, other, strict=True)]
        if not all(isinstance(pair, Field) for pair in pairs):
            return "unknown"
        first = tuple(pair for pair in pairs if isinstance(pair, Field))
    return first


def _hull(a: Field, b: Field, facts: Facts) -> Field | None:
    if not same(a.jump, b.jump, facts):
        return None
    if same(a.size, b.size, facts) and same(a.offset, b.offset, facts):
        return a
    offset = simplified(Function("min", (as_formula(a.offset), as_formula(b.offset))), facts)
    ends = tuple(as_formula(f.offset) + as_formula(f.size) for f in (a, b))
    size = simplified(Function("max", ends) - as_formula(offset), facts)
    return Field(a.axis, size, a.jump, offset)


def _after_copies(before: State, after: State, repeat: Repeat, facts: Facts) -> State:
    """n copies, each of which adds a·j to r and multiplies j by s: r + a·j·n, or r + a·j·(sⁿ - 1)/(s - 1)."""
    if isinstance(before, str) or isinstance(after, str):
        return after
    running = any(mentions(x, repeat.variable) for f in after for x in (f.size, f.jump, f.offset))
    if running or len(before) != len(after):
        return "unknown"
    found = []
    for a, b in zip(before, after, strict=True):
        s = formula_of(quotient(poly(as_formula(b.jump), facts), poly(as_formula(a.jump), facts)))
        n = as_formula(repeat.count)
        times = n if s == ONE else (s**n - 1) / (s - 1)
        size, offset = (
            simplified(as_formula(x) + formula_of(minus(poly(as_formula(y)), poly(as_formula(x)))) * times, facts)
            for x, y in ((a.size, b.size), (a.offset, b.offset))
        )
        jump = b.jump if s == ONE else simplified(as_formula(a.jump) * s**n, facts)
        found.append(Field(a.axis, size, jump, offset))
    return tuple(found)
