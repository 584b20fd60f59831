"""What stands where a bank is to be written: files of others, full disks, what a killed run has left."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from symparams.errors import SymparamsError
from symparams.exports import beside
from symparams.exports.bank import write_bank
from symparams.exports.export import Export, PackedExport
from symparams.exports.json import Json
from tests.exports.asked_samples import BANK
from tests.exports.banks import (
    ASKED,
    GROWING,
    OTHER,
    ROOT,
    Deck,
    Files,
    Folders,
    Lines,
    PackedLines,
    StoppedError,
    everything,
    files_of,
    finished,
    identities,
    never,
    refused,
    upto,
)


@pytest.mark.parametrize("export", [*GROWING, Deck()], ids=lambda export: str(export.name))
def test_what_is_no_bank_of_this_request_is_left_alone(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "bank"
    for foreign in (b"", b"my thesis", b"PK\x03\x04", b"\xff\xfe" * 50_000):
        path.write_bytes(foreign)
        refused(export, path)
    path.unlink()
    write_bank(export, path, BANK, everything, 6)
    refused(export, path, OTHER)
    if not isinstance(export, Deck):
        refused(Lines() if isinstance(export, Json) else Json(), path)
    path.unlink()
    path.mkdir()
    (path / "file").write_text("mine")
    refused(export, path)


@pytest.mark.parametrize("export", GROWING, ids=lambda export: str(export.name))
def test_a_bank_that_was_cut_or_edited_is_not_continued(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "bank"
    write_bank(export, path, BANK, everything, 6)
    whole = path.read_bytes()
    for changed in (whole[:-1], whole[: len(whole) // 2], whole[1:], b"x" + whole, whole + b"x", b"x" + whole[1:]):
        path.write_bytes(changed)
        if zipfile.is_zipfile(path) and isinstance(export, PackedExport):
            continue  # readers of archives allow something before and behind
        refused(export, path)


def test_other_files_beside_are_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / ".bank.json.mine.part"
    mine.write_text("mine")
    abandoned = tmp_path / ".bank.json.a1b2c3_9.part"
    abandoned.write_text("of a run that was killed")
    with (tmp_path / ".bank.json.aaaaaaaa.part").open("w") as living:
        beside._locked(living.fileno())
        write_bank(Json(), tmp_path / "bank.json", BANK, everything, len(ASKED))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".bank.json.aaaaaaaa.part",
        ".bank.json.mine.part",
        "bank.json",
    ]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "bank.json")
    write_bank(Json(), tmp_path / "link.json", BANK, everything, 5)
    write_bank(Json(), tmp_path / "link.json", BANK, everything, len(ASKED))
    assert (tmp_path / "link.json").is_symlink()
    assert len(identities(Json(), tmp_path / "bank.json")) == len(ASKED)


class TestFolders:
    def test_only_what_is_missing_is_written(self, tmp_path: Path) -> None:
        course = tmp_path / "course"
        (course / "questions" / "by hand").mkdir(parents=True)
        (course / "questions" / "by hand" / "info.json").write_text("mine")
        (course / "course.json").write_text("mine too")
        with pytest.raises(StoppedError):
            write_bank(Folders(), course, BANK, upto(7), len(ASKED))
        assert sum(name.endswith("question.txt") for name in files_of(course)) == 7
        edited = course / "questions" / ASKED[2].identity / "info.json"
        edited.write_text("corrected")
        (course / "questions" / ASKED[4].identity / "info.json").unlink()
        done: list[int] = []
        assert write_bank(Folders(), course, BANK, everything, len(ASKED), done.append) == 7
        assert done == list(range(1, len(ASKED) + 1))
        files = files_of(course)
        assert files.pop("questions/by hand/info.json") == b"mine"
        assert files.pop("course.json") == b"mine too"
        assert files.pop(f"questions/{ASKED[2].identity}/info.json") == b"corrected"
        reference = tmp_path / "reference"
        write_bank(Folders(), reference, BANK, everything, len(ASKED))
        expected = files_of(reference)
        files.pop(".symparams.json")  # it has one hash more
        for name in (".symparams.json", "course.json", *(f"questions/{ASKED[at].identity}/info.json" for at in (2, 4))):
            del expected[name]
        assert files == expected

    def test_the_list_grows_with_the_bank_until_a_user_changes_it(self, tmp_path: Path) -> None:
        course = tmp_path / "course"

        def listed() -> list[str]:
            return [folder.removeprefix("questions/") for folder in json.loads((course / "lists/all.json").read_text())]

        with pytest.raises(StoppedError):
            write_bank(Folders(), course, BANK, upto(3), len(ASKED))
        assert listed() == [asked.identity for asked in ASKED[:3]]
        assert write_bank(Folders(), course, BANK, everything, 7) == 3
        assert listed() == [asked.identity for asked in ASKED[:7]]
        with pytest.raises(StoppedError):
            write_bank(Folders(), course, BANK, upto(5), len(ASKED))
        assert listed() == [asked.identity for asked in ASKED[:7]]
        (course / "lists/all.json").write_text("[]")
        assert write_bank(Folders(), course, BANK, everything, len(ASKED)) == 7
        assert listed() == []
        (course / "lists/all.json").unlink()
        (course / ".symparams.json").write_text("what is this")
        assert write_bank(Folders(), course, BANK, everything, len(ASKED)) == len(ASKED)
        assert listed() == [asked.identity for asked in ASKED]

    def test_a_file_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "course").write_text("mine")
        refused(Folders(), tmp_path / "course")

    def test_the_folder_one_is_in(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        write_bank(Folders(), Path(), BANK, everything, 3)
        assert len(files_of(tmp_path)) == 4 + 2 * 3


def test_a_deck_is_written_anew_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.deck"
    with pytest.raises(StoppedError):
        write_bank(Deck(), path, BANK, upto(5), len(ASKED))
    assert list(tmp_path.iterdir()) == []
    done: list[int] = []
    assert write_bank(Deck(), path, BANK, everything, 5, done.append) == 0
    assert done == [1, 2, 3, 4, 5]
    with pytest.raises(StoppedError):
        write_bank(Deck(), path, BANK, upto(5), len(ASKED))
    assert write_bank(Deck(), path, BANK, everything, len(ASKED)) == 0
    with zipfile.ZipFile(path) as archive:
        assert archive.read("deck").decode() == "\n".join(asked.identity for asked in ASKED)
    assert list(tmp_path.iterdir()) == [path]


class TestTheDisk:
    @pytest.mark.parametrize("export", [*GROWING, Deck()], ids=lambda export: str(export.name))
    def test_no_such_folder(self, export: Export, tmp_path: Path) -> None:
        path = tmp_path / "missing" / "bank"
        with pytest.raises(SymparamsError) as caught:
            write_bank(export, path, BANK, everything, 3)
        assert str(caught.value) == f"cannot write {path}: No such file or directory"

    @pytest.mark.parametrize("export", GROWING, ids=lambda export: str(export.name))
    def test_a_full_disk(self, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "bank"
        write_bank(export, path, BANK, everything, 4)
        whole = path.read_bytes()

        def full(file: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(SymparamsError) as caught:
            write_bank(export, path, BANK, everything, len(ASKED))
        assert str(caught.value) == f"cannot write {path}: No space left on device"
        assert path.read_bytes() == whole
        assert list(tmp_path.iterdir()) == [path]

    @pytest.mark.parametrize("export", [*GROWING, Deck(), Folders()], ids=lambda export: str(export.name))
    @pytest.mark.parametrize("length", [250, 300])
    def test_too_long_a_name(self, export: Export, length: int, tmp_path: Path) -> None:
        path = tmp_path / ("n" * length)
        with pytest.raises(SymparamsError, match=r"^cannot write .*: File name too long$"):
            write_bank(export, path, BANK, everything, 3)
        assert not path.parent.joinpath("n" * 250).is_file()

    def test_no_name(self) -> None:
        with pytest.raises(SymparamsError, match=r"^the name of the output file is empty$"):
            write_bank(Json(), Path(), BANK, never, 3)

    def test_an_archive_with_the_same_file_twice(self, tmp_path: Path) -> None:
        path = tmp_path / "bank.zip"
        with pytest.raises(SymparamsError) as caught:
            write_bank(Files(), path, BANK, lambda first: [ASKED[0], ASKED[0]], 2)
        twice = f"{ASKED[0].identity}/a.txt"
        assert str(caught.value) == f"{path}: two questions would have the same file, {twice}"


_WRITER = """
import sys
import time
from pathlib import Path
from symparams.exports.bank import write_bank
from tests.exports import banks as t
from tests.exports.asked_samples import BANK


def slowly(first):
    for asked in t.ASKED[first:]:
        time.sleep(0.01)
        yield asked


class Telling(t.Clock):
    def tell(self, count):
        print(count, flush=True)
        super().tell(count)


export = {e.name: e for e in [*t.GROWING, t.Folders()]}[sys.argv[1]]
clock = Telling(0.7)
write_bank(export, Path(sys.argv[2]), BANK, slowly, len(t.ASKED), clock.tell, clock)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("export", [Json(), Files(), PackedLines()], ids=lambda export: str(export.name))
def test_killed(export: Export, tmp_path: Path) -> None:
    path = tmp_path / "bank"
    for told in (2, 3):
        command = [sys.executable, "-c", _WRITER, export.name, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as run:
            lines = output(run.stdout)
            for _ in range(told):
                next(lines)
            os.kill(run.pid, signal.SIGKILL)
        if path.exists():
            there = identities(export, path)
            assert there == [asked.identity for asked in ASKED[: len(there)]]
    assert path.exists()
    write_bank(export, path, BANK, everything, len(ASKED))
    assert path.read_bytes() == finished(export, tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bank", "reference"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_killed_among_folders(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _WRITER, "folders", str(tmp_path / "course")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as run:
        lines = output(run.stdout)
        next(lines)
        next(lines)
        os.kill(run.pid, signal.SIGKILL)
    write_bank(Folders(), tmp_path / "course", BANK, everything, len(ASKED))
    write_bank(Folders(), tmp_path / "reference", BANK, everything, len(ASKED))
    assert files_of(tmp_path / "course") == files_of(tmp_path / "reference")


def output(stream: object) -> Iterator[bytes]:
    assert hasattr(stream, "readline")
    return iter(stream.readline, b"")
