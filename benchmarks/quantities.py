"""All quantities of large networks against their parameters alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.measure import best, built, row
from symparams.model.network import Network
from symparams.quantities.field import fields
from symparams.quantities.quantity import QUANTITY_RULES, of_network
from symparams.quantities.settings import Settings


def parameters(text: str) -> Network:
    """Parse, derive and add up the parameters."""
    network = built(text)
    _ = network.counts
    return network


def everything(text: str) -> None:
    """The same and the total of every further quantity, and all receptive fields."""
    network = parameters(text)
    for measure in QUANTITY_RULES.values():
        of_network(measure, network, Settings())
    fields(network)


def _different(start: str, layers: int, padding: str) -> str:
    return f"input({start})" + "".join(f"\n-> conv({8 + i}, 3, {padding}) -> relu" for i in range(layers // 2))


def all_of_them() -> Iterator[str]:
    """Layers of two kinds, layers that are all different, and those with letters for the sizes."""
    for what, text in (
        ("10,000 layers of two kinds", "input(224, 224, 64) -> [conv(64, 3, same) -> relu] * 5000"),
        ("10,000 layers, all different", _different("224, 224, 3", 10_000, "same")),
        ("2,000 layers with free H, W", _different("H, W, 3", 2_000, "same")),
        ("2,000 layers that shrink free H, W", _different("H, W, 3", 2_000, "valid")),
    ):
        alone, all_ = (best(partial(work, text), 3) for work in (parameters, everything))
        yield row(f"{what}, all / parameters", all_ / alone, f"of the time ({all_:.2f} s, {alone:.2f} s)")
