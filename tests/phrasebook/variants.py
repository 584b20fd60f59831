"""Every layer of the catalogue with its arguments in every way that changes what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from itertools import combinations, product
from typing import NamedTuple

from symparams.algebra.facts import Facts
from symparams.algebra.formula import Formula, Number
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import Source, SymparamsError
from symparams.layers import CATALOGUE
from symparams.model.arguments import Argument, arguments_of
from symparams.model.derived import Derived, derive
from symparams.model.layer import Incoming, Layer, Shape
from symparams.model.tensor import BOTH
from symparams.sources.language import network

LAYERS = sorted({entry.layer for entry in CATALOGUE.values()}, key=lambda layer: layer.names[0].casefold())
_FACTS = Facts()
_SHAPES: tuple[Shape, ...] = ((12,), (10, 6), (12, 12, 6), (6, 12, 12), (8, 8, 8, 4))

# What no change of one or two arguments says, by the layer.
FURTHER: dict[str, tuple[str, ...]] = {
    "conv": (
        "input(8,8,4) -> conv(4,3,groups=4)",
        "input(20,20,3) -> conv(8,3,s=3x2)",
        "input(4,4,3) -> conv(8,3,s=3)",
        "input(20,3) -> conv(8,3,causal)",
        "input(20,3) -> conv(8,1,causal)",
    ),
    "dense": ("input(1) -> dense(4)",),
    "ln": ("convention torch input(16,4,4) -> ln(shape=(16,4,4))",),
    "opaque": ("input(9,9,3) -> opaque(4,5)", "input(9) -> opaque(4)"),
    "prelu": (
        "convention torch input(16,32,32) -> prelu",
        "convention torch input(16,32,32) -> prelu(parameters=channels)",
    ),
    "lora": ("input(128,4096) -> lora(dense(4096),8)", "convention torch input(128,4096) -> lora(dense(4096),8)"),
    "dot": ("input(128) -> { dense(32) | dense(32) } -> dot(1)",),
    "attention": (
        "input(10,32) -> { dense(32) | dense(32) } -> attention(4)",
        "input(10,32) -> { dense(32) | dense(32) | dense(32) } -> attention(4)",
    ),
    "einsum": ('input(5,6) -> einsum("abc,cd->abcd",7)',),
    "lstm": ("input(1,32) -> lstm(64)", "input(T,32) -> lstm(64)", "input(10,32) -> lstm(64,dropout=0.2)"),
    "bidirectional": (
        "input(10,32) -> bidirectional(lstm(64),gru(32))",
        "input(10,32) -> bidirectional(lstm(64),lstm(64))",
    ),
    "timedistributed": ("input(1,8) -> timedistributed(dense(4))",),
    "tconv": ("input(H,W,3) -> tconv(8,k,s=t)",),
    "maxpool": ("convention torch input(3,13,13) -> maxpool(2,s=3,ceil)",),
    "adaptiveavgpool": ("input(1,6,4) -> adaptiveavgpool(3x2)",),
    "fractionalmaxpool": ("convention torch input(16,50,32) -> fractionalmaxpool(3,25x16)",),
    "upsample": ("convention torch input(3,9,9) -> upsample(1.5)",),
    "permute": ("input(4,5,6) -> permute(1,2,3)",),
    "flatten": ("convention torch input(4,5,6) -> flatten(1,2)", "convention torch input(4,5,6) -> flatten(1,1)"),
    "zeropad": (
        "input(28,28,3) -> zeropad(((0,2),(3,4)))",
        "input(28,28,3) -> zeropad(((2,0),(0,0)))",
        "input(28,28,3) -> zeropad(0)",
    ),
    "concat": ("input(8,3) -> { conv(3,3) | id } -> concat(axis=1)",),
    "maxunpool": ("input(12,12,64) -> maxunpool(2,output=(25,25))",),
    "param": (
        "param(16,64) -> dense(8)",
        "input(7,7,64) -> param(64,multiply)",
        "input(1,64) -> param(16,64,add)",
        "input(2,3,4) -> param(2,3,4,add)",
        "input(2,3,4) -> param(1,3,4,prepend)",
    ),
}


class Variant(NamedTuple):
    """A layer on an input, and how its arguments differ from those of its example."""

    derived: Derived
    case: str  # "`bias=no`, in PyTorch", or nothing for the example itself


def variants(kind: type[Layer]) -> Iterator[Variant]:
    """The layer of the example, then each of its arguments changed, then two of them, in both conventions."""
    (layer, arriving), *_ = _in_example(kind)
    others = tuple(tuple(shape for _ in arriving) for shape in _SHAPES) if arriving else ()
    for change in [(), *_single(layer), *_pairs(layer)]:
        changed = _with(layer, dict(change))
        told = [f"`{name}={_written(value)}`" for name, value in change]
        for shapes, convention in product((arriving, *(others if len(change) < 2 else ())), BOTH):
            case = ", ".join([*told, *(["in PyTorch"] if convention == "torch" else [])])
            for read in dict.fromkeys([(None,) * len(shapes), (convention == "torch" or None,) * len(shapes)]):
                with suppress(SymparamsError, ValueError, IndexError):
                    yield Variant(derive(changed, shapes, convention, _FACTS, read), case)
    for text in FURTHER.get(kind.names[0], ()):
        for node in network(Source("further", text)).nodes:
            if isinstance(node.layer, kind):
                yield Variant(node.derived, f"`{text}`")


def changed(kind: type[Layer]) -> Iterator[tuple[Layer, Incoming]]:
    """The layers of its example, then each of their arguments changed, in both conventions."""
    for layer, arriving in _in_example(kind):
        for change, shape, convention in product([(), *_single(layer)], arriving, BOTH):
            with suppress(SymparamsError, ValueError):
                yield _with(layer, dict(change)), Incoming(shape, convention)


def _in_example(kind: type[Layer]) -> Iterator[tuple[Layer, tuple[Shape, ...]]]:
    for node in network(Source("example", kind.example)).nodes:
        if isinstance(node.layer, kind):
            yield node.layer, tuple(x.shape for x in node.derived.arriving)


def _single(layer: Layer) -> Iterator[tuple[tuple[str, object], ...]]:
    for argument in arguments_of(type(layer)):
        for value in _others(argument, getattr(layer, argument.name)):
            yield ((argument.name, value),)


def _pairs(layer: Layer) -> Iterator[tuple[tuple[str, object], ...]]:
    for one, other in combinations(_single(layer), 2):
        if one[0][0] != other[0][0]:
            yield one + other


def _others(argument: Argument, value: object) -> Iterator[object]:
    """Other values of an argument that change what is said."""
    kind = argument.kind
    if kind.answers:
        yield from (answer for answer in (True, False) if answer != value)
    elif len(kind.words) < 20:  # not an activation, which changes nothing that is said
        yield from dict.fromkeys(word for word in kind.words.values() if word != value)
    if kind.least is not None:
        for count in (1, 2, 4):
            with suppress(ValueError):
                yield kind.read(Number(count))


def _with(layer: Layer, changes: dict[str, object]) -> Layer:
    return type(layer)(**{f.name: getattr(layer, f.name) for f in fields(layer)} | changes)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "x".join(map(_written, value))
    return shown(value, SOURCE) if isinstance(value, Formula) else str(value)
