"""What has to be said of the rules for further quantities, each reason once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.entries import LayerEntry, Reason
from symparams.model.sentence import pattern


def reasons_of(layers: Iterable[LayerEntry], asked: bool) -> Mapping[tuple[int, str], Reason]:
    """The reasons by the number of a layer and the name of a quantity; a layer that was asked for has all its own."""
    reasons: dict[tuple[int, str], Reason] = {}
    rules: set[tuple[str, str, str]] = set()
    given: set[str] = {""}
    for entry in (entry for entry in layers if not entry.is_marker):
        for quantity in entry.quantities:
            rule = (quantity.measure.name, entry.heading, shown(quantity.derivation.rule, PLAIN))
            new = asked or rule not in rules
            because = quantity.because if new and (asked or pattern(quantity.because) not in given) else ""
            known = entry.known(quantity.derivation) if new else ()
            reasons[entry.number, quantity.measure.name] = Reason(because, known)
            rules.add(rule)
            given |= {pattern(quantity.because)} if new else set()
    return reasons
