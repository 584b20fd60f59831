"""Attention in windows: how far it looks, and its biases for relative positions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from symparams.algebra.formula import Formula, Power, Product, Sum, Symbol, as_formula, product, symbols, total
from symparams.layers.windowed import WindowAttention
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a, on_macs
from symparams.model.layer import symbol

_LIU = "Liu et al., Swin Transformer, 2021, section 3.2"


@misconception(
    "scores over the whole image",
    "macs",
    "flops",
    layers=(WindowAttention,),
    explanation="you let every position look at the whole image",
    repair="in window attention each position looks only at its own window, so the work is proportional to the size "
    "of the image, not to its square",
    claim="The work of attention in windows of a fixed size grows with the square of the number of positions.",
    source=_LIU + ": the work of both kinds of attention compared",
)
def whole_image(s: Subject) -> Iterable[Formula]:
    """4·H·W·C² + 2·M²·H·W·C → 4·H·W·C² + 2·(H·W)²·C."""
    if as_a(s, WindowAttention) is None:
        return ()
    height, width = (symbol(letter, s.x.shape[i], f"input {name}", incoming=True) for i, letter, name in _SIDES)
    C = symbol("C", s.x.shape[-1], "input features", incoming=True)
    return on_macs(s, lambda rule: _with_last(rule, product([2, (height * width) ** 2, C])))


_SIDES = ((0, "H", "height"), (1, "W", "width"))


def _with_last(rule: Formula, last: Formula | None) -> Formula | None:
    """The sum with another last term, or none."""
    if not isinstance(rule, Sum):
        return None
    return total([*rule.terms[:-1], *([] if last is None else [last])])


@misconception(
    "relative biases left out",
    "params",
    layers=(WindowAttention,),
    explanation="you left out the relative position biases",
    repair="in window attention each head has a table with one bias for every offset between two positions of a window",
    claim="Window attention has no parameters other than its four matrices and their biases.",
    source=_LIU + ": relative position bias",
    credit=Fraction(1, 2),
)
def table_left_out(s: Subject) -> Iterable[Formula]:
    """… + (2·M - 1)²·h → …."""
    new = _with_last(s.rule, None) if as_a(s, WindowAttention) is not None else None
    return () if new is None else [new]


@misconception(
    "relative biases shared by the heads",
    "params",
    layers=(WindowAttention,),
    explanation="you counted one table of relative position biases for all heads",
    repair="in window attention each head has its own relative position biases",
    claim="In window attention, all heads share their relative position biases.",
    source=_LIU + "; torchvision, relative_position_bias_table: a column a head",
    credit=Fraction(1, 2),
)
def one_table(s: Subject) -> Iterable[Formula]:
    """… + (2·M - 1)²·h → … + (2·M - 1)²."""
    return _tables(s, lambda table, h: [table])


@misconception(
    "one relative bias for each position or pair",
    "params",
    layers=(WindowAttention,),
    explanation="you counted one bias for each position of a window, or for each pair of positions",
    repair="in window attention pairs of positions with the same offset share a bias, and along an axis of M "
    "positions there are 2·M − 1 offsets",
    claim="Window attention has a separate bias for each pair of positions in a window.",
    source=_LIU + ": the table is smaller than the matrix of biases that is taken from it",
    credit=Fraction(1, 2),
)
def each_position(s: Subject) -> Iterable[Formula]:
    """(2·M - 1)²·h → M²·h; → M⁴·h."""

    def others(table: Formula, h: Formula) -> list[Formula]:
        sides = list(dict.fromkeys(x for x in symbols(table) if isinstance(x, Symbol)))
        places = sides[0] ** 2 if len(sides) == 1 else product(sides)
        pairs = sides[0] ** 4 if len(sides) == 1 else product(Power(side, as_formula(2)) for side in sides)
        return [places * h, pairs * h]

    return _tables(s, others)


def _tables(s: Subject, change: Callable[[Formula, Formula], Iterable[Formula]]) -> Iterable[Formula]:
    """The rule with its last term, the tables of all heads, in other ways."""
    last = s.rule.terms[-1] if isinstance(s.rule, Sum) else None
    if as_a(s, WindowAttention) is None or not isinstance(last, Product):
        return
    for new in change(product(last.factors[:-1]), last.factors[-1]):
        edited = _with_last(s.rule, new)
        if edited is not None:
            yield edited
