"""Banks are whole at every moment, and continued by a later run to the very bytes of a run that nothing stopped."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pytest

from symparams.documents.asked import Asked, BankInfo
from symparams.errors import SymparamsError
from symparams.exports import beside
from symparams.exports.bank import write_bank
from symparams.exports.export import Export, FolderExport, PackedExport, TextExport, WholeExport
from symparams.exports.growing import GrowingFiles, GrowingPackedText, GrowingText
from symparams.exports.json import Json
from symparams.exports.markdown import Markdown
from symparams.exports.registry import EXPORTS
from symparams.exports.registry import export as registered
from tests.conftest import EXAMPLES
from tests.exports.asked_samples import BANK, samples

ROOT = EXAMPLES.parent
ASKED = samples(3, count=12)
OTHER = BankInfo(title=BANK.title, seed=BANK.seed, version=BANK.version, request="ffff")


class Lines(TextExport):
    """The simplest text: a question a line."""

    name = "lines"
    markup = "text"
    suffix = ".txt"

    def head(self, bank: BankInfo) -> str:
        return "head\n"

    def item(self, asked: Asked) -> str:
        return f"{asked.identity} {asked.stem!r}\n" * 40

    def between(self) -> str:
        return "--\n"

    def foot(self, bank: BankInfo) -> str:
        return "foot\n"

    def comment(self, text: str) -> str:
        return f"# {text}\n"


class Files(PackedExport):
    """Two files a question, and a list of all."""

    name = "files"
    markup = "text"

    def files(self, asked: Asked) -> Mapping[str, str]:
        return {f"{asked.identity}/a.txt": asked.stem * 20, f"{asked.identity}/b.txt": asked.answer}

    def closing(self, bank: BankInfo, questions: Sequence[tuple[str, str]]) -> Mapping[str, str]:
        return {"manifest.json": json.dumps(questions), "bank.txt": bank.title}


class PackedLines(Files):
    """All questions in one text."""

    name = "packed-lines"
    text: ClassVar[TextExport | None] = Lines()

    def files(self, asked: Asked) -> Mapping[str, str]:
        return {}

    def text_name(self, bank: BankInfo) -> str:
        return "bank/questions.txt"


class Folders(FolderExport):
    """A folder a question, one below another."""

    name = "folders"
    markup = "text"

    def files(self, asked: Asked) -> Mapping[str, str]:
        return {"info.json": json.dumps(asked.name), "deep/er/question.txt": asked.stem}

    def folder(self, asked: Asked) -> str:
        return f"questions/{asked.identity}"

    def common(self, bank: BankInfo) -> Mapping[str, str]:
        return {"course.json": bank.title, "lib/help.py": "pass\n"}

    def closing(self, bank: BankInfo, questions: Sequence[tuple[str, Fraction]]) -> Mapping[str, str]:
        return {"lists/all.json": json.dumps([folder for folder, _ in questions])}


class Deck(WholeExport):
    """An archive that its library writes."""

    name = "deck"
    markup = "text"
    suffix = ".deck"

    def write(self, path: Path, bank: BankInfo, questions: Iterable[Asked]) -> None:
        assert not path.exists()
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo("deck"), "\n".join(asked.identity for asked in questions))


GROWING: list[Export] = [Lines(), Json(), Markdown(), Files(), PackedLines()]


class StoppedError(Exception):
    pass


def upto(last: int) -> Callable[[int], Iterator[Asked]]:
    """All questions, but something stops before one of them."""

    def questions(first: int) -> Iterator[Asked]:
        for index in range(first, len(ASKED)):
            if index == last:
                raise StoppedError
            yield ASKED[index]

    return questions


def everything(first: int) -> list[Asked]:
    return ASKED[first:]


def never(first: int) -> list[Asked]:
    raise AssertionError("nothing is to be asked for")


class Clock:
    """A clock that goes on by `step` with each question; pass `tell` as progress."""

    def __init__(self, step: float) -> None:
        self.step = step
        self.now = 0.0
        self.told: list[int] = []  # what progress was told

    def tell(self, count: int) -> None:
        self.told.append(count)
        self.now += self.step

    def __call__(self) -> float:
        return self.now


def identities(export: Export, path: Path) -> list[str]:
    """Which questions are in a bank, found by means other than those that wrote it; the bank must be whole."""
    if isinstance(export, Json):
        parsed = json.loads(path.read_text("utf-8"))
        assert parsed["count"] == len(parsed["questions"])
        return [question["identity"] for question in parsed["questions"]]
    if isinstance(export, Markdown):
        text = path.read_text("utf-8")
        assert text.count("<details>\n") == text.count("\n</details>\n")
        return re.findall(r"^\*.*· `(q-\w+)`$", text, re.M)
    if isinstance(export, Lines):
        return in_lines(path.read_text("utf-8").rpartition("# symparams bank")[0])
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        if isinstance(export, PackedLines):
            assert json.loads(archive.read("manifest.json")) == []
            return in_lines(archive.read("bank/questions.txt").decode("utf-8"))
        known = [identity for identity, name in json.loads(archive.read("manifest.json"))]
        assert archive.namelist()[:-2] == [f"{identity}/{name}.txt" for identity in known for name in "ab"]
        return known


def in_lines(text: str) -> list[str]:
    assert text.startswith("head\n")
    assert text.endswith("foot\n")
    return [part.split()[0] for part in text[5:-5].split("--\n") if part]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", [name for name in EXPORTS if name != "latex"])
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


@pytest.fixture
def finished(tmp_path: Path) -> Callable[[Export], bytes]:
    """The bytes of the bank that nothing stopped."""

    def write(export: Export) -> bytes:
        path = tmp_path / "reference" / "bank"
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        assert write_bank(export, path, BANK, everything, len(ASKED)) == 0
        assert identities(export, path) == [asked.identity for asked in ASKED]
        return path.read_bytes()

    return write


@pytest.mark.parametrize("export", GROWING, ids=lambda export: str(export.name))
@pytest.mark.parametrize("step", [0.0, 0.4, 5.0])
def test_a_bank_that_was_stopped_anywhere_is_whole_and_continued(
    export: Export, step: float, tmp_path: Path, finished: Callable[[Export], bytes]
) -> None:
    whole = finished(export)
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


def refused(export: Export, path: Path, bank: BankInfo = BANK) -> None:
    before = files_of(path.parent)
    with pytest.raises(SymparamsError) as caught:
        write_bank(export, path, bank, never, len(ASKED))
    assert (
        str(caught.value)
        == f"{path} exists and is not a bank that this run could continue; choose another name or remove it"
    )
    assert files_of(path.parent) == before


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
from tests.exports import test_bank as t


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
t.write_bank(export, Path(sys.argv[2]), t.BANK, slowly, len(t.ASKED), clock.tell, clock)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("export", [Json(), Files(), PackedLines()], ids=lambda export: str(export.name))
def test_killed(export: Export, tmp_path: Path, finished: Callable[[Export], bytes]) -> None:
    path = tmp_path / "bank"
    for told in (2, 3, 2):
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
    assert path.read_bytes() == finished(export)
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

    small = peak(2_000)
    assert peak(20_000) < 1.2 * small + 100_000
