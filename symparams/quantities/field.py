"""Receptive fields: what part of the input a number of a feature map sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, TypeAlias

from symparams.algebra.equality import collected, same
from symparams.algebra.facts import Facts
from symparams.algebra.formula import ONE, Formula, Function, Value, as_formula
from symparams.algebra.simplification import simplified
from symparams.algebra.substitution import replaced
from symparams.algebra.sums import Repeat, mentions, up_to
from symparams.model.citation import citations
from symparams.model.derived import Derived
from symparams.model.layer import Incoming, symbol
from symparams.model.network import Network, Node

CITED = citations("araujo2019 Eqs. (2) and (5)")  # where the rules for size, jump and offset are found


@dataclass(frozen=True, slots=True)
class Field:
    """What the numbers of a feature map see along one axis: number x sees `size` places from offset + x·jump on."""

    axis: str  # height, width …
    size: Value  # how many places it sees: r
    jump: Value  # how far apart the fields of neighbors begin: j
    offset: Value  # where the field of the first output number begins; negative in the padding: o
    made_of: tuple[Value, ...] = ()  # r, j and o of the input, k, s and p of the layer; (): as the layer before
    of_copy: Field | None = None  # the same in copy i, where the layer stands for copies and these numbers change

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
    ("k", "positions that the kernel spans", False),
    ("s", "stride", False),
    ("p", "padding before the first position", False),
)


def _rules(r: Any, j: Any, o: Any, k: Any, s: Any, p: Any) -> tuple[Any, Any, Any]:
    """Size, jump and offset behind a layer, for known integers or for formulas."""
    return r + (k - 1) * j, j * s, o - p * j


# "nothing": only learned numbers, whatever the input is.
State: TypeAlias = "tuple[Field, ...] | Literal['everywhere', 'nothing', 'unknown']"


_Known: TypeAlias = (
    "dict[Derived, tuple[tuple[Value, ...], ...] | Literal['everywhere', 'unknown']]"  # windows of a layer
)


def fields(network: Network) -> list[State]:
    """The receptive field at the output of every layer; of one that stands for copies, that of the last copy."""
    states = _Bracket(network, 0, 0).followed(len(network.nodes))
    return [_last(node, state, network.facts) for node, state in zip(network.nodes, states, strict=True)]


def _last(node: Node, state: State, facts: Facts) -> State:
    """What is said of a layer that stands for copies: the field of the last one, and that of copy i."""
    if isinstance(state, str) or not node.repeats:
        return state
    after = _in_last_copy(state, node.repeats, facts)
    assert not isinstance(after, str)
    pairs = zip(after, state, strict=True)
    return tuple(
        a if (a.size, a.jump, a.offset) == (b.size, b.jump, b.offset) else replace(a, of_copy=b) for a, b in pairs
    )


@dataclass
class _Bracket:
    """The layers of one copy of a bracket, or of the whole network: their fields as seen from where the copy starts.

    A number behind the start that sees a places there sees r + (a - 1)·j places of the input: the fields of a copy are
    worked out once, with size 0 at its start, and put together with what arrives at copy i.
    """

    network: Network
    start: int  # the first of its layers, by index
    depth: int  # how many brackets stand around them
    flow: int = -1  # the layer that feeds the copy; -1 for the whole network
    at_start: State = ()  # what is taken to arrive at the copy
    outer: _Bracket | None = None  # the bracket around this one
    known: _Known = field(default_factory=dict)  # shared with the brackets inside
    states: list[State] = field(default_factory=list)  # of its layers, written with the letters that count copies

    def followed(self, end: int) -> list[State]:
        """The states of all layers before index `end`."""
        nodes = self.network.nodes
        while self.start + len(self.states) < end:
            index = self.start + len(self.states)
            node = nodes[index]
            if len(node.repeats) > self.depth:
                last = index
                while last < end and nodes[last].brackets[self.depth :][:1] == (node.brackets[self.depth],):
                    last += 1
                self.states += self._copies(index, last, node.repeats[self.depth])
            elif self.depth and node.layer.inputs == "none":
                self.states.append("unknown")  # an input of its own in every copy
            else:
                self.states.append(_of(node, [self.state(i) for i in node.inputs], self.known))
        return self.states

    def state(self, index: int) -> State:
        """What a layer of the bracket, or before it, gives to one inside."""
        if index == self.flow:
            return self.at_start
        if index >= self.start:
            state, node = self.states[index - self.start], self.network.nodes[index]
            return _in_last_copy(state, node.repeats[self.depth :], node.derived.facts)
        before = self.outer.state(index) if self.outer is not None else "unknown"
        return before if isinstance(before, str) else "unknown"  # it stays, while copies see more and more

    def _copies(self, start: int, end: int, repeat: Repeat) -> list[State]:
        """The states of the layers of an inner bracket, in copy i."""
        first = self.network.nodes[start]
        flow = first.inputs[0] if first.inputs else -1
        before = self.state(flow) if first.inputs else "unknown"
        at_start = before if isinstance(before, str) else tuple(Field(f.axis, 0, 1, 0) for f in before)
        copy = _Bracket(self.network, start, self.depth + 1, flow, at_start, self, self.known)
        states, after, facts = copy.followed(end), copy.state(end - 1), first.derived.facts
        if isinstance(before, str) or isinstance(after, str):
            return [_beyond(state, after) for state in states]
        arriving = _arriving(before, after, repeat, facts)
        if arriving is None:
            return [_beyond(state, "unknown") for state in states]
        return [state if isinstance(state, str) else _behind(arriving, state, facts) for state in states]


def _beyond(state: State, after: State) -> State:
    """What a layer sees in all copies but the first, where the copy before sees everything, or has no formula."""
    if after == "everywhere":
        return after
    return state if isinstance(state, str) or not isinstance(after, str) else after


def _in_last_copy(state: State, repeats: Sequence[Repeat], facts: Facts) -> State:
    if isinstance(state, str):
        return state
    for repeat in reversed(repeats):
        state = tuple(_changed(f, partial(_at, repeat=repeat, facts=facts)) for f in state)
    return state


def _changed(field: Field, change: Callable[[Value], Value]) -> Field:
    """The field with every number changed."""
    made_of = tuple(map(change, field.made_of))
    return Field(field.axis, change(field.size), change(field.jump), change(field.offset), made_of)


def _at(value: Value, repeat: Repeat, facts: Facts) -> Value:
    """A value of copy i in the last copy."""
    if not mentions(value, repeat.variable):
        return value
    return collected(replaced(as_formula(value), repeat.variable, repeat.last), facts)


def _of(node: Node, arriving: Sequence[State], known: _Known) -> State:
    facts = node.derived.facts
    if node.layer.inputs == "none":
        names = _spatial(node.derived.leaving)
        return tuple(Field(name, 1, 1, 0) for name in names)
    if node.kind == "copies":
        return _kept(arriving[0])
    seeing = [state for state in arriving if state != "nothing"]
    if not seeing:
        return "nothing"
    state = _joined(seeing, facts)
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
        return _kept(state)
    if len(windows) != len(state):
        return "unknown"
    return tuple(_through(field, window, facts) for field, window in zip(state, windows, strict=True))


def _kept(state: State) -> State:
    """The fields of a layer that sees only its own place: those before it, nothing worked out."""
    if isinstance(state, str) or not any(f.made_of for f in state):
        return state
    return tuple(Field(f.axis, f.size, f.jump, f.offset) for f in state)


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
    size, jump, offset = (collected(as_formula(v), facts) for v in _rules(*map(as_formula, made_of)))
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


def _arriving(before: tuple[Field, ...], after: tuple[Field, ...], repeat: Repeat, facts: Facts) -> State | None:
    """What arrives at copy i, where each copy adds a·j to r and multiplies j by s; None where s changes.

    After n copies that is r + a·j·n, or r + a·j·(sⁿ - 1)/(s - 1); where a changes, the sum of a·j over the copies.
    """
    if len(before) != len(after) or any(mentions(f.jump, repeat.variable) for f in after):
        return None
    arriving = []
    for start, made in zip(before, after, strict=True):
        s, done = as_formula(made.jump), repeat.symbol - repeat.first
        power = ONE if s == ONE else s**done
        size, offset = (
            collected(as_formula(x) + as_formula(start.jump) * as_formula(up_to(y, s, repeat, facts)), facts)
            for x, y in ((start.size, made.size), (start.offset, made.offset))
        )
        arriving.append(Field(start.axis, size, simplified(as_formula(start.jump) * power, facts), offset))
    return tuple(arriving)


def _behind(arriving: State, seen: tuple[Field, ...], facts: Facts) -> State:
    """The fields of the input for fields of what arrives at a copy."""
    if isinstance(arriving, str) or len(arriving) != len(seen):
        return "unknown"
    return tuple(_put(a, b, facts) for a, b in zip(arriving, seen, strict=True))


def _put(a: Field, b: Field, facts: Facts) -> Field:
    """The field in the input of what has the field b where a copy starts."""
    size, jump, offset = _through_start(a, (b.size, b.jump, b.offset), facts)
    made_of = (*_through_start(a, b.made_of, facts), *b.made_of[3:]) if b.made_of else ()
    return Field(b.axis, size, jump, offset, made_of)


def _through_start(a: Field, seen: Sequence[Value], facts: Facts) -> tuple[Value, Value, Value]:
    r, j, o = map(as_formula, (a.size, a.jump, a.offset))
    size, jump, offset = map(as_formula, seen[:3])
    return collected(r + j * size, facts), collected(j * jump, facts), collected(o + j * offset, facts)
