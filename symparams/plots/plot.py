"""Networks -> a plot: bars for what they have of some quantities, or curves against a letter."""

from __future__ import annotations

from collections.abc import Sequence

from symparams.errors import SymparamsError, listed
from symparams.figures.scene import Scene
from symparams.model.network import Network
from symparams.plots.bars import Column, bars
from symparams.plots.curves import MOST, curves
from symparams.plots.points import curve_of
from symparams.plots.rows import USUAL, Rows, rows_of
from symparams.quantities.settings import Settings
from symparams.quantities.totals import TotalQuantity, amount

_COLUMNS = 4  # quantities beside each other
_NETWORKS = 12  # whose rows stand below each other
_ALONG = ("params",)  # what is plotted against a letter unless something is named


def plot_of_rows(
    networks: Sequence[Network], by: str = "", quantities: Sequence[str] = (), settings: Settings | None = None
) -> Scene:
    """Bars for each layer, stage or kind of the networks, or one for each network; empty: what is usual."""
    by = by or ("layer" if len(networks) == 1 else "network")
    chosen = _chosen(quantities or USUAL, settings)
    if len(chosen) > _COLUMNS:
        raise SymparamsError(f"at most {_COLUMNS} quantities stand beside each other, not {len(chosen)}")
    if by != "network" and len(networks) > _NETWORKS:
        raise SymparamsError(f"at most {_NETWORKS} networks stand below each other, not {len(networks)}")
    several = [rows_of(network, by, chosen) for network in networks]
    columns = [_column(quantity) for quantity in chosen]
    what = listed([quantity.left for quantity in chosen], "and")
    if by == "network":
        return bars(_outside(what), columns, [Rows("", tuple(row for one in several for row in one.rows), ())])
    title = f"{several[0].title}: {what} by {by}" if len(networks) == 1 else f"{_outside(what)} by {by}"
    return bars(title, columns, several)


def plot_against(
    networks: Sequence[Network],
    letter: str,
    over: range | None = None,
    quantities: Sequence[str] = (),
    settings: Settings | None = None,
) -> Scene:
    """Curves of totals against a letter, over a range or all the values that the networks allow."""
    if len(networks) > MOST:
        raise SymparamsError(f"at most {MOST} networks are told apart as curves, not {len(networks)}")
    chosen = _chosen(quantities or _ALONG, settings)
    if len(chosen) > _COLUMNS:
        raise SymparamsError(f"at most {_COLUMNS} quantities stand in a plot, not {len(chosen)}")
    panels = [(_column(one), [curve_of(network, letter, one, over) for network in networks]) for one in chosen]
    what = listed([quantity.left for quantity in chosen], "and")
    title = f"{networks[0].title or 'Network'}: {what}" if len(networks) == 1 else _outside(what)
    return curves(f"{title} against {letter}", letter, panels)


def _chosen(names: Sequence[str], settings: Settings | None) -> list[TotalQuantity]:
    return [amount(name, settings) for name in dict.fromkeys(names)]


def _column(quantity: TotalQuantity) -> Column:
    title = _outside(quantity.left)
    in_bytes = quantity.measure is not None and quantity.measure.in_bytes
    return Column(f"{title} in bytes" if in_bytes else title, quantity.plural)


def _outside(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]
