"""Banks are whole at every moment, and continued by a later run to the very bytes of a run that nothing stopped."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.asked import Asked, BankInfo
from symparams.errors import SymparamsError
from symparams.exports.bank import write_bank
from symparams.exports.export import Export, FolderExport, WholeExport
from symparams.exports.growing import GrowingFiles, GrowingPackedText, GrowingText
from symparams.exports.json import Json
from symparams.exports.registry import EXPORTS
from symparams.exports.registry import export as registered
from tests.exports.asked_samples import BANK, PACKED, samples
from tests.exports.banks import (
    ASKED,
    GROWING,
    Clock,
    PackedLines,
    StoppedError,
    everything,
    files_of,
    finished,
    identities,
    never,
    upto,
)
from tests.helpers import marked


@pytest.mark.parametrize("name", marked([name for name in EXPORTS if name != "latex"], pytest.mark.extra, *PACKED))
def test_every_format_is_continued_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    export = registered(name)
    if isinstance(export, WholeExport):
        pytest.importorskip("genanki")
    asked = samples(8, export.markup, 12)
    if not export.formulas:
        asked = [each for each in asked if each.answer_type != "formula"]
    for step in (0.0, 0.4):
        path, clock = tmp_path / f"bank-{step}", Clock(step)
        if not isinstance(export, WholeExport):
            write_bank(export, path, BANK, lambda first: asked[first:], 4, clock.tell, clock)
        write_bank(export, path, BANK, lambda first: asked[first:], len(asked), clock.tell, clock)
        reference = tmp_path / f"reference-{step}"
        write_bank(export, reference, BANK, lambda first: asked[first:], len(asked))
        if isinstance(export, FolderExport):
            files, expected = files_of(path), files_of(reference)
            assert len(files.pop(".symparams.json")) >= len(expected.pop(".symparams.json"))
            assert files == expected
        else:
            assert path.read_bytes() == reference.read_bytes()


@pytest.mark.parametrize("export", GROWING, ids=lambda export: str(export.name))
@pytest.mark.parametrize("step", [0.0, 0.4, 5.0])
def test_a_bank_that_was_stopped_anywhere_is_whole_and_continued(export: Export, step: float, tmp_path: Path) -> None:
    whole = finished(export, tmp_path)
    for first in range(len(ASKED)):
        path = tmp_path / f"bank-{first}"
        with pytest.raises(StoppedError):
            write_bank(export, path, BANK, upto(first), len(ASKED), (clock := Clock(step)).tell, clock)
        second = (first + len(ASKED)) // 2
        if first:
            assert identities(export, path) == [asked.identity for asked in ASKED[:first]]
        else:
            assert not path.exists()
        with pytest.raises(StoppedError):
            write_bank(export, path, BANK, upto(second), len(ASKED), (clock := Clock(step)).tell, clock)
        clock = Clock(step)
        assert write_bank(export, path, BANK, everything, len(ASKED), clock.tell, clock) == second
        assert clock.told == list(range(second + 1, len(ASKED) + 1))
        assert path.read_bytes() == whole
        assert write_bank(export, path, BANK, never, len(ASKED)) == len(ASKED)
        assert path.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("export", GROWING, ids=lambda export: str(export.name))
def test_what_is_in_place_is_whole_at_every_moment(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "bank"
    seen: list[int] = []

    def watched(first: int) -> Iterator[Asked]:
        for asked in ASKED[first:]:
            seen.append(len(identities(export, path)) if path.exists() else 0)
            yield asked

    clock = Clock(0.4)
    write_bank(export, path, BANK, watched, len(ASKED), clock.tell, clock)
    assert seen == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9]
    assert len(identities(export, path)) == len(ASKED)


def test_a_bank_that_takes_long_to_write_is_written_more_rarely(tmp_path: Path) -> None:
    """A question takes 1 s, putting the bank in place 3 s: that is done every 30 s."""
    clock = Clock(1)
    ended: list[int] = []

    class Slow(Json):
        def end(self, bank: BankInfo, count: int, mark: str) -> str:
            clock.now += 3
            ended.append(count)
            return super().end(bank, count, mark)

    path = tmp_path / "bank"
    write_bank(Slow(), path, BANK, lambda first: (ASKED[i % 12] for i in range(100)), 100, clock.tell, clock)
    assert ended == [1, 31, 61, 91, 100]


@pytest.mark.parametrize("export", GROWING, ids=lambda export: str(export.name))
@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, SymparamsError("the network is too large")])
def test_whatever_stops_the_questions_those_before_are_kept(export: Export, stop: Any, tmp_path: Path) -> None:
    def stopping(first: int) -> Iterator[Asked]:
        yield from ASKED[:5]
        raise stop

    path = tmp_path / "bank"
    with pytest.raises(stop if isinstance(stop, type) else type(stop)):
        write_bank(export, path, BANK, stopping, len(ASKED))
    assert len(identities(export, path)) == 5


@pytest.mark.parametrize("export", GROWING, ids=lambda export: str(export.name))
def test_half_a_question_never_gets_into_the_bank(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the middle of writing the ninth question: the bank is what it was when it was last put in place."""
    growing: Any = {"files": GrowingFiles, "packed-lines": GrowingPackedText}.get(export.name, GrowingText)
    put = growing._put

    def half(self: Any, asked: Asked, texts: dict[str, bytes]) -> None:
        stopped = asked is ASKED[8]
        put(self, asked, {name: text[: len(text) // 2] if stopped else text for name, text in texts.items()})
        if stopped:
            raise KeyboardInterrupt

    monkeypatch.setattr(growing, "_put", half)
    path = tmp_path / "bank"
    clock = Clock(0.4)
    with pytest.raises(KeyboardInterrupt):
        write_bank(export, path, BANK, everything, len(ASKED), clock.tell, clock)
    assert len(identities(export, path)) == 6
    assert list(tmp_path.iterdir()) == [path]


def test_a_bank_can_be_asked_for_more_but_not_for_less(tmp_path: Path) -> None:
    path = tmp_path / "bank.json"
    assert write_bank(Json(), path, BANK, everything, 5) == 0
    assert len(identities(Json(), path)) == 5
    assert write_bank(Json(), path, BANK, everything, 9) == 5
    with pytest.raises(SymparamsError) as caught:
        write_bank(Json(), path, BANK, never, 8)
    message = f"{path} has 9 questions already, 8 are asked for; choose another name or remove it"
    assert str(caught.value) == message


def test_a_bank_without_questions_is_a_bank(tmp_path: Path) -> None:
    for export in GROWING:
        path = tmp_path / export.name
        assert write_bank(export, path, BANK, everything, 0) == 0
        assert identities(export, path) == []
        assert write_bank(export, path, BANK, everything, len(ASKED)) == 0
        assert len(identities(export, path)) == len(ASKED)


@pytest.mark.parametrize("export", [Json(), PackedLines()], ids=lambda export: str(export.name))
def test_memory_does_not_grow_with_the_bank(export: Export, tmp_path: Path) -> None:
    def peak(total: int) -> int:
        path = tmp_path / f"bank-{total}"
        tracemalloc.start()
        write_bank(export, path, BANK, lambda first: (ASKED[i % 12] for i in range(first, total // 2)), total // 2)
        write_bank(export, path, BANK, lambda first: (ASKED[i % 12] for i in range(first, total)), total)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak(400)
    assert peak(4_000) < 1.2 * small + 100_000
