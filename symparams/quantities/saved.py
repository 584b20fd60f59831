"""What the backward pass of a layer needs of the forward pass, read off its tensors and its work."""

from __future__ import annotations

from symparams.algebra.formula import ZERO, Formula, total
from symparams.layers.sizes import numbers_of
from symparams.model.network import Node
from symparams.model.work import Saved


def saved(node: Node) -> Saved:
    """As the layer says; else its inputs where a gradient depends on them, and those of its activation."""
    derived = node.derived
    if not derived.arriving:
        return Saved()
    own = derived.layer.saved(derived.out, *derived.arriving)
    if own is not None:
        return own
    work = derived.work
    multiplied = any(t.kind == "weight" and t.uses != ZERO for t in derived.rules.tensors)
    bent = work.comparisons != ZERO or work.exponentials != ZERO
    terms: list[Formula] = []
    if multiplied or bent or derived.layer.family == "Normalization":
        terms += [numbers_of(x, i) for i, x in enumerate(derived.arriving, 1)]
    if multiplied and getattr(derived.layer, "activation", "linear") != "linear":
        terms.append(derived.out.numbers())
    return Saved(total(terms))
