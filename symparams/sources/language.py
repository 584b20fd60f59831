"""The architecture language -> Network: what is stated, expanded to placements, which are placed layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from symparams.algebra.formula import Formula
from symparams.errors import LayerError, LimitError, Source, Span, SymparamsError
from symparams.frozen import Frozen
from symparams.layers import CATALOGUE, Catalogue, with_extensions
from symparams.model.builder import Builder
from symparams.model.layer import Layer
from symparams.model.network import Network
from symparams.model.tensor import Convention
from symparams.sources import records as r
from symparams.sources.declarations import declared
from symparams.sources.expansion import expanded
from symparams.sources.framework_calls import Understood, understood
from symparams.sources.names import Names
from symparams.sources.placements import Placed
from symparams.sources.placer import Placer
from symparams.sources.ranges import read_ranges
from symparams.sources.reader import read_network
from symparams.sources.sequences import sequences
from symparams.sources.stated_facts import facts_of
from symparams.sources.words import reserved_words


def network(
    source: Source,
    given: Mapping[str, Formula] | None = None,
    catalogue: Catalogue = CATALOGUE,
    *,
    for_others: bool = False,
    without_ranges: bool = False,
) -> Network:
    """The network that a text describes; `given` are values that win over `let`.

    With `for_others` there may be values for letters that this network does not have; `without_ranges` leaves out what
    each `range` says.

    Raises SymparamsError, with its place, for whatever is wrong with the text.
    """
    try:
        statements = read_network(source)
    except RecursionError:
        raise LimitError("the formulas here are nested too deeply", source=source) from None
    return built(statements, source, given, catalogue, for_others=for_others, without_ranges=without_ranges, typed=True)


def built(
    statements: Sequence[r.Statement],
    source: Source,
    given: Mapping[str, Formula] | None = None,
    catalogue: Catalogue = CATALOGUE,
    *,
    for_others: bool = False,
    without_ranges: bool = False,
    typed: bool = False,
    unstated: Convention | None = None,
) -> Network:
    """The network of statements with places in `source`; `typed` as for `understood`, the rest as for `network`.

    `unstated`: the convention of a text that neither states one nor has class names of one framework.
    """
    if without_ranges:
        statements = [s for s in statements if not isinstance(s, r.Range)]
    try:
        said = understood(statements, source, catalogue, typed=typed)
        if unstated and said.convention is None and not any(isinstance(s, r.Convention) for s in statements):
            said = understood([r.Convention(unstated, Span(0)), *statements], source, catalogue, typed=typed)
        return _built(said, source, given or {}, catalogue, strict=not for_others)[0]
    except RecursionError:
        raise LimitError("the formulas here are nested too deeply", source=source) from None


def located(source: Source) -> tuple[Network, Mapping[int, Span]]:
    """The network that a text describes, and where the call of each of its layers stands; raises as `network`."""
    try:
        said = understood(read_network(source), source, CATALOGUE, typed=True)
        return _built(said, source, {}, CATALOGUE, strict=True)
    except RecursionError:
        raise LimitError("the formulas here are nested too deeply", source=source) from None


def _placed(placements: Sequence[Placed], names: Names, builder: Callable[[frozenset[Layer]], Builder]) -> Placer:
    """The layers, two axes meant as their readers have it; what stands before these readers is placed once more."""
    first = Placer(names, builder(frozenset()))
    try:
        first.put(placements)
    except LayerError:
        perhaps = sequences(first.builder, undecided=True)
        with suppress(SymparamsError):
            again = Placer(names, builder(perhaps))
            again.put(placements)
            if perhaps and sequences(again.builder) == perhaps:
                return again
        raise
    sequence_layers = sequences(first.builder)
    if not sequence_layers:
        return first
    again = Placer(names, builder(sequence_layers))
    again.put(placements)
    return again


def _built(
    said: Understood, source: Source, given: Mapping[str, Formula], catalogue: Catalogue, strict: bool
) -> tuple[Network, Mapping[int, Span]]:
    """Declarations, then letters and facts, then placements, then layers with their sizes."""
    declarations = declared(said.statements, source, catalogue)
    convention = said.convention or declarations.convention
    catalogue = with_extensions(catalogue, declarations.layers())
    names = Names(source, declarations.lets, given, reserved_words(catalogue))
    for macro in declarations.macros.values():
        for parameter in macro.parameters:
            names.check_word(parameter.name, macro.at)
    ranges = read_ranges(declarations.ranges, names).narrowed(declarations.facts)
    facts = facts_of([*ranges.facts(), *declarations.facts], names)
    choices = ranges.within(facts, declarations.facts)
    placements = expanded(declarations.chains, names, facts, declarations.macros, catalogue)
    places = _placed(placements, names, partial(Builder, convention, facts, declarations.names()))
    network = Network(
        convention,
        facts,
        places.builder.finished(),
        declarations.title,
        Frozen(names.all()),
        tuple((fact.left, fact.relation, fact.right) for fact in declarations.facts),
        Frozen(choices),
    )
    if not network.nodes:
        raise places.error("there is no network here; it starts with input(…)", Span(len(source.text)))
    network.check_conditions()
    if strict:
        names.check_given(given)
    for name in places.counting & network.symbols.keys():
        raise places.error(f"{name} counts copies and is a letter of its own as well; one needs another name", Span(0))
    return network, places.spans
