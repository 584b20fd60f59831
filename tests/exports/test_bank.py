"""Banks are whole or not there, and a run that was stopped is gone on with to the very bytes of one that was not."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from symparams.exports.bank import write_bank
from symparams.exports.registry import PAPERS
from symparams.exports.registry import export as registered
from symparams.exports.shards import Shards
from symparams.files import TEMPORARY
from tests.exports.asked_samples import BANK, PACKED
from tests.exports.banks import (
    COUNT,
    FORMATS,
    ROOT,
    StoppedError,
    bytes_of,
    files_of,
    identities,
    items,
    questions,
    written,
)
from tests.helpers import marked

STOPPED = (0, 1, 99, 100, 101, 230)  # questions before which a bank is stopped; a shard has a hundred


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_a_bank_that_was_stopped_anywhere_is_gone_on_with(name: str, tmp_path: Path) -> None:
    asked = questions(name)
    told: list[int] = []
    assert written(name, tmp_path / "reference", tell=told.append) == list(range(COUNT))
    assert told == list(range(1, COUNT + 1))
    reference = bytes_of(tmp_path / "reference")
    if name != "pdf":  # it names none; test_printed.py reads what stands in it
        assert identities(name, tmp_path / "reference") == [each.identity for each in asked]
    for stop in STOPPED:
        place = tmp_path / str(stop)
        place.mkdir()
        with pytest.raises(StoppedError):
            written(name, place / "bank", stop=stop)
        if name != "prairielearn":
            assert [path.name for path in place.iterdir()] == (["bank.parts"] if stop >= 100 else [])
        told.clear()
        assert written(name, place / "bank", tell=told.append) == list(range(stop // 100 * 100, COUNT))
        assert told == list(range(stop // 100 * 100 + 1, COUNT + 1))
        assert bytes_of(place / "bank") == reference
        assert not list(place.rglob("*parts*"))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_again_is_the_same_bytes(name: str, tmp_path: Path) -> None:
    written(name, tmp_path / "bank")
    first = files_of(tmp_path)
    for _ in range(2):
        made = written(name, tmp_path / "bank")
        assert files_of(tmp_path) == first
    assert bool(made) == (name in (*PAPERS, "prairielearn"))  # the others know their banks by a mark


@pytest.mark.parametrize("name", marked(["json", "qti21", "latex"], pytest.mark.extra, *PACKED))
def test_shards_that_are_damaged_or_of_another_bank_are_made_anew(name: str, tmp_path: Path) -> None:
    written(name, tmp_path / "reference")
    chance = random.Random(1)
    for damage in range(12):
        path = tmp_path / f"{damage}" / "bank"
        path.parent.mkdir()
        with pytest.raises(StoppedError):
            written(name, path, stop=249)
        first, second = sorted((path.parent / "bank.parts").iterdir())
        data = first.read_bytes()
        at = chance.randrange(len(data))
        changed = {0: b"", 1: data[:at], 2: second.read_bytes()}
        first.write_bytes(changed.get(damage, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]))
        (path.parent / "bank.parts" / f"{TEMPORARY}a1b2c3d4").write_bytes(b"of a run that was killed")
        (path.parent / "bank.parts" / "whole-abc").mkdir()
        written(name, path)
        assert bytes_of(path) == bytes_of(tmp_path / "reference")
        assert not (path.parent / "bank.parts").exists()


def test_shards_of_another_request_are_not_mixed_in(tmp_path: Path) -> None:
    with pytest.raises(StoppedError):
        written("json", tmp_path / "bank", replace(BANK, seed=8), stop=200)
    assert written("json", tmp_path / "bank") == list(range(COUNT))
    assert identities("json", tmp_path / "bank") == [each.identity for each in questions("json")]
    assert [path.name for path in tmp_path.iterdir()] == ["bank"]


def test_files_of_others_in_the_folder_of_shards_stay(tmp_path: Path) -> None:
    (tmp_path / "bank.parts").mkdir()
    (tmp_path / "bank.parts" / "mine.txt").write_text("mine")
    written("json", tmp_path / "bank")
    assert sorted(files_of(tmp_path)) == ["bank", "bank.parts/mine.txt"]


def test_any_order_of_shards_is_the_same_bytes(tmp_path: Path) -> None:
    """What was made by others, here backwards, is taken as it is."""
    written("moodle", tmp_path / "reference")
    with pytest.raises(StoppedError):
        written("moodle", tmp_path / "bank", stop=100)
    (shard,) = (tmp_path / "bank.parts").iterdir()
    shards = Shards(shard.parent, shard.name[:32], [range(COUNT)], lambda number: items("moodle")[number])
    for numbers in (range(200, COUNT), range(100, 200)):
        shards.items(numbers)
    assert written("moodle", tmp_path / "bank") == []
    assert bytes_of(tmp_path / "bank") == bytes_of(tmp_path / "reference")


_WRITER = """
import sys
from pathlib import Path
from tests.exports.banks import written

written(sys.argv[1], Path(sys.argv[2]), tell=lambda count: print(count, flush=True))
print("written", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("name", marked(["json", "prairielearn"], pytest.mark.slow, "prairielearn"))
def test_killed_at_any_moment(name: str, tmp_path: Path) -> None:
    written(name, tmp_path / "reference")
    reference = bytes_of(tmp_path / "reference")
    chance = random.Random(name)
    for _ in range(4):
        command = [sys.executable, "-c", _WRITER, name, str(tmp_path / "bank")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as run:
            assert run.stdout is not None
            for _ in range(
                chance.choice([1, 60, 150])
            ):  # in a shard, at the end of one, while the bank is put together
                if run.stdout.readline() in (b"", b"written\n"):
                    break
            os.kill(run.pid, signal.SIGKILL)
        if name == "json" and (tmp_path / "bank").exists():
            assert bytes_of(tmp_path / "bank") == reference
            (tmp_path / "bank").unlink()
    written(name, tmp_path / "bank")
    assert bytes_of(tmp_path / "bank") == reference
    assert not list(tmp_path.rglob("*parts*"))


@pytest.mark.slow
@pytest.mark.parametrize("name", marked(["json", "moodle", "qti12", "latex"], pytest.mark.extra, *PACKED))
def test_memory_does_not_grow_with_the_bank(name: str, tmp_path: Path) -> None:
    """Of an exam on paper the papers are more, in other banks the questions."""
    export, kept = registered(name), items(name)

    def peak(total: int) -> int:
        papers = [range(i, total, total // 10) for i in range(total // 10)] if name == "latex" else [range(total)]
        tracemalloc.start()
        write_bank(export, tmp_path / f"bank-{total}", BANK, papers, lambda number: kept[number % COUNT])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small = peak(300)
    assert peak(3_000) < 1.2 * small + 200_000


def test_json_counts(tmp_path: Path) -> None:
    written("json", tmp_path / "bank")
    found = json.loads((tmp_path / "bank").read_text("utf-8"))
    assert found["count"] == len(found["questions"]) == COUNT
