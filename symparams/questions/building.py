"""Values of a letter for which there is no formula: network after network is built."""

from __future__ import annotations

from collections.abc import Sequence

from symparams import limits
from symparams.algebra.formula import Formula, Number, Symbol
from symparams.algebra.numbersets import points
from symparams.algebra.solving import letters_of
from symparams.errors import RangeError, SymparamsError
from symparams.model.network import Network
from symparams.quantities.named_layers import layer_named
from symparams.quantities.totals import total_of
from symparams.questions.findings import SHOWN, Build, Finding, Row
from symparams.questions.targets import Target, holds

BUILT = 200  # networks that are built


def _candidates(build: Build, letter: str) -> Sequence[int]:
    """The first numbers, or the first of the letter's range."""
    try:
        build({letter: Number(-1)})
    except RangeError as error:
        if error.letter == letter:
            return error.choices[:BUILT]
    except SymparamsError:
        pass
    return range(1, BUILT + 1)


def by_building(build: Build, letter: str, target: Target, first: SymparamsError) -> Finding:
    """Where the letter counts copies or the like: network after network."""
    networks = _built(build, letter)
    if not networks:
        raise first
    network = networks[min(networks)]
    if target.layer is not None:
        layer_named(network, target.layer)
    counts: dict[int, int] = {}
    for at, each in networks.items():
        count = total_of(each, target.what, target.layer)
        if isinstance(count, Formula):
            others = " and ".join(f"`{x}`" for x in letters_of(count))
            raise SymparamsError(f"the number of {target.what.plural} depends on {others} too; give values with --set")
        counts[at] = int(count)
    fitting = [at for at, count in counts.items() if holds(count, target)]
    below = [at for at, count in counts.items() if count < target.amount]
    above = [at for at, count in counts.items() if count > target.amount]
    if target.relation == "==" and fitting:
        beside = fitting[:SHOWN]
    else:
        beside = [*fitting[:1], *fitting[-1:], *sorted(below, key=counts.__getitem__)[-1:]]
        beside += sorted(above, key=counts.__getitem__)[:1]
    rows = tuple(Row((at,), counts[at], at in fitting) for at in sorted(set(beside)))
    depends = len(set(counts.values())) > 1
    return Finding(
        network,
        (Symbol(letter),),
        target,
        (),
        (),
        points(fitting),
        rows,
        depends=depends,
        grows=False,
        tried=max(networks),
        more=True,
    )


def _built(build: Build, letter: str) -> dict[int, Network]:
    """The networks for the first values of a letter, by these values."""
    networks: dict[int, Network] = {}
    built = 0
    candidates = _candidates(build, letter)
    for n in candidates:
        try:
            networks[n] = build({letter: Number(n)})
            built += len(networks[n].nodes)
        except SymparamsError:
            if not networks and n == candidates[:8][-1]:
                break
        if built > 20 * limits.DIGITS:
            break
    return networks
