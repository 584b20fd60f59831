"""Tables that frameworks printed, some damaged: the network, what was assumed, repaired and found wrong, whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from symparams.errors import Source
from symparams.reading.tables.summary import read_summary
from symparams.sources.language import built
from symparams.sources.printer import printed

PASTES = sorted((Path(__file__).parent / "pastes").glob("*.txt"))


@pytest.mark.parametrize("path", PASTES, ids=lambda path: path.stem)
def test_a_paste_is_read_as_its_document_says(path: Path, golden: Callable[[str, str], None]) -> None:
    reading = read_summary(Source(path.name, path.read_text(encoding="utf-8")))
    lines = [printed(reading.statements)]
    lines += [f"repaired: {one.what}\n" for one in reading.repairs]
    lines += [f"assumed: {one.what}\n" for one in reading.assumed]
    lines += [f"wrong: {one.name}: {one.field} {one.printed}, right {one.right}\n" for one in reading.wrong]
    lines += [f"unknown: {letter}\n" for letter in reading.unknown]
    golden(f"tables/{path.stem}.md", "".join(lines))


@pytest.mark.parametrize("path", PASTES, ids=lambda path: path.stem)
def test_the_network_has_every_printed_shape_and_count(path: Path) -> None:
    reading = read_summary(Source(path.name, path.read_text(encoding="utf-8")))
    assert reading.table is not None
    nodes = {node.name: node for node in built(reading.statements, reading.source).nodes}
    for row in reading.table.rows:
        node = nodes.get(row.path or row.name)
        if node is None:
            continue
        assert row.count in (None, node.counts.params) or row.counted_before
        if row.shape is not None:
            assert [b in (None, a) for a, b in zip(node.shape, row.shape, strict=True)] == [True] * len(row.shape)


def test_the_total_is_that_of_the_table() -> None:
    for path in PASTES:
        reading = read_summary(Source(path.name, path.read_text(encoding="utf-8")))
        assert reading.table is not None
        total = reading.table.total("total")
        if total is not None:
            assert built(reading.statements, reading.source).counts.params == total.value
