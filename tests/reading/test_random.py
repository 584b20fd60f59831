"""Random networks written as code and as printed tables, and read back; then damaged, spliced and cut off.

What is whole must be read as it was. What is damaged must be read as it was, or refused with the program's message, or
it must be said that something was repaired, assumed or contradicts itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from symparams.converters.targets import converted
from symparams.errors import Source, SymparamsError
from symparams.layers.source import Input
from symparams.model.network import Network
from symparams.reading.door import reading_of
from symparams.reading.reading import Reading
from symparams.sources.language import built
from tests.differential.family import BOTH
from tests.differential.generating import networks
from tests.differential.reading import read
from tests.helpers import few_or_many
from tests.reading.damaging import CHANGING, PROGRAMS, TABLES, UNSEEN, WRONG
from tests.reading.printing import PRINTERS, Line, Printer, lines
from tests.reading.usual_networks import usual

few = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


def understood(text: str) -> Network:
    """A drawn network; one that we refuse is not asked for."""
    found = read(text).network
    assume(found is not None)
    assert found is not None
    return found


def code(network: Network) -> str:
    """A network as a program that also says the size of its input."""
    written = converted(network.convention, network, ())
    if network.convention == "keras":
        return written
    sizes = [", ".join(map(str, (1, *node.shape))) for node in network.nodes if isinstance(node.layer, Input)]
    run = f"print(model({', '.join(f'torch.randn({one})' for one in sizes)}).shape)"
    head = "import torch\n"
    return f"{'' if head in written else head}{written}\n{run}\n"


def door(text: str) -> tuple[Reading, Network]:
    reading = reading_of(Source("<pasted>", text))
    return reading, built(reading.statements, reading.source)


def table(network: Network, printer: Printer) -> list[Line]:
    rows = lines(network, printer)
    assume(rows)
    assert rows is not None
    return rows


def different(rows: list[Line], printer: Printer, reading: Reading, network: Network) -> Iterator[str]:
    """What was read otherwise than printed."""
    if network.counts.params != sum(row.numbers for row in rows):
        yield f"the total is {network.counts.params}"
    nodes = {node.name: node for node in network.nodes}
    layers = [node for node in network.nodes if not isinstance(node.layer, Input)]
    for i, row in enumerate(rows):
        node = nodes.get(row.name) or (layers[i] if printer.numbered and i < len(layers) else None)
        if node is None:
            yield f"{row.name} is missing"
        elif (node.shape, node.counts.params) != (row.shape, row.numbers):
            yield f"{row.name} is {node.shape} with {node.counts.params}, printed {row.shape} with {row.numbers}"


@few_or_many("count", 15, 60)
@pytest.mark.parametrize("convention", BOTH)
def test_code_of_random_networks_is_read_back(convention: str, count: int) -> None:
    @settings(few, max_examples=count)
    @given(st.one_of(networks(convention), usual(convention)))
    def equal(text: str) -> None:
        network = understood(text)
        try:
            written = code(network)
        except SymparamsError:  # the framework has no such layer
            return
        reading, again = door(written)
        assert reading.kind == convention
        ends = network.nodes[-1].shape, network.counts.params, network.counts.trainable
        assert (again.nodes[-1].shape, again.counts.params, again.counts.trainable) == ends, written

    equal()


@few_or_many("count", 8, 50)
@pytest.mark.parametrize("form", PRINTERS)
def test_printed_tables_of_random_networks_are_read_back(form: str, count: int) -> None:
    printer = PRINTERS[form]

    @settings(few, max_examples=count)
    @given(st.one_of(usual(printer.convention), networks(printer.convention)))
    def equal(text: str) -> None:
        rows = table(understood(text), printer)
        printed = printer.write(rows)
        reading, network = door(printed)
        assert reading.kind == "summary"
        assert reading.wrong == (), printed
        assert [*different(rows, printer, reading, network)] == [], printed

    equal()


@few_or_many("count", 1, 20)
@pytest.mark.parametrize("damage", TABLES)
def test_damaged_tables_are_read_or_something_is_said(damage: str, count: int) -> None:
    @settings(few, max_examples=count)
    @given(st.data(), st.sampled_from(sorted(PRINTERS)), st.integers(0, 1 << 30))
    def said(data: st.DataObject, form: str, seed: int) -> None:
        printer = PRINTERS[form]
        rows = table(understood(data.draw(usual(printer.convention))), printer)
        printed = TABLES[damage](printer.write(rows), random.Random(seed))
        try:
            reading, network = door(printed)
        except SymparamsError:
            assert damage in WRONG, printed
            return
        if damage in WRONG:
            assert (
                reading.repairs or reading.wrong or reading.assumed or not [*different(rows, printer, reading, network)]
            )
        else:
            assert [*different(rows, printer, reading, network)] == [], printed
            assert reading.wrong == (), printed

    said()


@few_or_many("count", 1, 20)
@pytest.mark.parametrize("damage", PROGRAMS)
def test_damaged_programs_are_read_or_something_is_said(damage: str, count: int) -> None:
    @settings(few, max_examples=count)
    @given(st.data(), st.sampled_from(BOTH), st.integers(0, 1 << 30))
    def said(data: st.DataObject, convention: str, seed: int) -> None:
        whole = code(understood(data.draw(usual(convention))))
        network, damaged = door(whole)[1], PROGRAMS[damage](whole, random.Random(seed))
        try:
            reading, again = door(damaged)
        except SymparamsError:
            assert damage in CHANGING, damaged
            return
        if damage not in CHANGING:
            assert again.counts.params == network.counts.params, damaged
        elif damage not in UNSEEN:
            assert again.counts.params == network.counts.params or reading.repairs or reading.assumed, damaged

    said()


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(8))
def test_spliced_sources_end_in_a_network_or_in_the_programs_message(seed: int) -> None:
    @settings(few, max_examples=40)
    @given(st.data(), st.integers(0, 1 << 30))
    def ends(data: st.DataObject, chance: int) -> None:
        draw = random.Random(f"{seed} {chance}")
        texts = []
        for convention in BOTH:
            network = understood(data.draw(usual(convention)))
            texts.append(code(network))
            for printer in PRINTERS.values():
                rows = lines(network, printer) if printer.convention == convention else None
                texts += [printer.write(rows)] if rows else []
        damages = [*TABLES.values(), *PROGRAMS.values()]
        parts = [draw.choice(damages)(draw.choice(texts), draw) for _ in range(draw.randint(1, 3))]
        text = "".join(part[draw.randrange(len(part) // 2 + 1) :] for part in parts)
        try:
            door(text)
        except SymparamsError:
            return

    ends()
