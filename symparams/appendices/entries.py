"""The layers of a network with the quantities that an appendix shows, and all rules that a layer has."""

from __future__ import annotations

from collections.abc import Iterator

from symparams.appendices.identity import Found, field_found, measure_found, params_found, size_found
from symparams.documents.entries import LayerEntry
from symparams.documents.solution import Solution
from symparams.model.network import Network

QUANTITIES = ("shape", "params", "macs", "activations", "field")


def solution_of(network: Network) -> Solution:
    """What is worked out of a network."""
    return Solution(network, QUANTITIES)


def entries_of(network: Network) -> tuple[LayerEntry, ...]:
    """Its layers."""
    return solution_of(network).every


def all_found(entry: LayerEntry) -> Iterator[Found]:
    """Every rule that a layer has, in the order of the quantities."""
    if entry.is_marker or entry.is_input:
        return
    yield from (size_found(entry, axis) for axis in entry.account.ruled_axes)
    if entry.has_parameters and entry.shared is None:
        yield params_found(entry)
    yield from (measure_found(entry, quantity) for quantity in entry.quantities)


def found_fields(solution: Solution) -> Iterator[Found]:
    """The rules for the size, jump and offset of receptive fields, from the first layer that has one."""
    for entry in solution.every:
        steps = () if entry.is_input or entry.is_marker or isinstance(entry.fields, str) else entry.fields
        for one in steps:
            if one.steps:
                yield from map(field_found, [entry] * len(one.steps), ("size", "jump", "offset"), one.steps)
                return
