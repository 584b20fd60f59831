"""Files and streams: whatever is wrong with them ends in one message, and nothing half-written stays."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symparams.errors import SymparamsError
from symparams.files import read_source, write_whole
from symparams.grading.tables import TABLES, as_csv, unmistaken
from tests.conftest import EXAMPLES
from tests.grading.classes import bank_text, marks
from tests.test_cli import refused, run

ROOT = EXAMPLES.parent
SHORT = "input(3) -> dense(4)"
LONG = "x" * 300

# Every way to name a file that is read, and one that is written.
READING = {
    "solve": ("solve", "FILE"),
    "summary": ("summary", "FILE"),
    "compare": ("compare", "FILE", "FILE"),
    "find": ("find", "FILE", "--target", "params=3"),
    "diagnose": ("diagnose", "FILE", "--total", "--answer", "3"),
    "exam": ("exam", "FILE"),
    "names": ("exam", "-e", SHORT, "--format", "latex", "--names", "FILE"),
    "bank": ("grade", "FILE", "--answers", "FILE"),
    "answers": ("grade", "BANK", "--answers", "FILE"),
}
WRITING = {
    "solve": ("solve", "-e", SHORT, "-o", "FILE"),
    "summary": ("summary", "-e", SHORT, "-o", "FILE"),
    "compare": ("compare", "-e", SHORT, "-e", SHORT, "-o", "FILE"),
    "find": ("find", "-e", "input(3) -> dense(n)", "--target", "params=16", "-o", "FILE"),
    "diagnose": ("diagnose", "-e", SHORT, "--total", "--answer", "3", "-o", "FILE"),
    "grade": ("grade", "BANK", "--answers", "ANSWERS", "-o", "FILE"),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "bank.json").write_text(bank_text(count=1), "utf-8")
    (tmp_path / "answers.csv").write_text("student,1\nAda,3\n", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "latin").write_bytes(b"input(3)\n# caf\xe9")
    return tmp_path


def filled(command: tuple[str, ...], place: Path, file: str | Path) -> list[str]:
    known = {"FILE": str(file), "BANK": str(place / "bank.json"), "ANSWERS": str(place / "answers.csv")}
    return [known.get(part, part) for part in command]


@pytest.mark.parametrize("name", READING)
def test_files_that_cannot_be_read(name: str, place: Path) -> None:
    for file, reason in (
        ("none", "No such file or directory"),
        ("folder", "Is a directory"),
        ("loop", "Too many levels of symbolic links"),
        ("bank.json/none", "Not a directory"),
        (LONG, "File name too long"),
    ):
        said = refused(*filled(READING[name], place, place / file))
        assert said == f"cannot read {place / file}: {reason}"
    assert refused(*filled(READING[name], place, place / "latin")) == f"{place / 'latin'}:2: this is not UTF-8 text"


def test_what_is_read_is_bounded(place: Path) -> None:
    assert refused("solve", "/dev/zero") == "/dev/zero: the source is larger than 8 MiB, which is the limit"
    (place / "zeros").write_bytes(b"input(3)\0")
    assert refused("solve", place / "zeros").startswith(f"{place / 'zeros'}:1:9: the character U+0000 is not a ")


@pytest.mark.parametrize("name", WRITING)
def test_files_that_cannot_be_written(name: str, place: Path) -> None:
    before = sorted(place.iterdir())
    for file, reason in (
        ("folder", "Is a directory"),
        ("loop", "Too many levels of symbolic links"),
        ("none/out", "No such file or directory"),
        ("bank.json/out", "Not a directory"),
        (LONG, "File name too long"),
        ("/dev/full", "No space left on device"),
    ):
        said = refused(*filled(WRITING[name], place, place / file))
        assert said == f"cannot write {place / file}: {reason}"
    assert refused(*filled(WRITING[name], place, "")) == "the name of the output file is empty"
    assert sorted(place.iterdir()) == before
    assert list((place / "folder").iterdir()) == []


def test_banks_that_cannot_be_written(place: Path) -> None:
    for file, reason in (("loop", "Too many levels of symbolic links"), (LONG, "File name too long")):
        said = refused("exam", "-e", SHORT, "--questions", "1", "-o", place / file)
        assert said == f"cannot write {place / file}: {reason}"


def test_files_that_can_be_written(place: Path) -> None:
    for file in ("new", "x" * 255, "dangling", "linked"):
        (place / "dangling").unlink(missing_ok=True)
        (place / "dangling").symlink_to("target")
        (place / "there").write_text("before")
        (place / "linked").unlink(missing_ok=True)
        (place / "linked").symlink_to("there")
        assert run("solve", "-e", SHORT, "-o", place / file)[0] == 0
        assert (place / file).read_text("utf-8").startswith("# The network")
    assert (place / "dangling").is_symlink()
    assert (place / "linked").is_symlink()
    assert (place / "there").read_text("utf-8") == (place / "new").read_text("utf-8")


def test_names_that_no_system_takes(place: Path) -> None:
    for refuse in (read_source, lambda path: write_whole(path, "text")):
        with pytest.raises(SymparamsError, match=r"cannot \w+ .*/a\?b: no file can have such a name"):
            refuse(place / "a\0b")


def test_a_file_that_is_written_again_keeps_its_rights(place: Path) -> None:
    (place / "secret").write_text("before")
    (place / "secret").chmod(0o600)
    write_whole(place / "secret", "after")
    write_whole(place / "new", "after")
    (place / "usual").touch()
    assert (place / "secret").read_text() == "after"
    assert (place / "secret").stat().st_mode & 0o777 == 0o600
    assert (place / "new").stat().st_mode & 0o777 == (place / "usual").stat().st_mode & 0o777


def test_nothing_half_written_stays(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(place.iterdir())

    def stopped(self: Path, mode: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "chmod", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_whole(place / "out", "text")
    assert sorted(place.iterdir()) == before


def test_names_that_are_not_utf_8(place: Path) -> None:
    odd = place / os.fsdecode(b"odd\xff.arch")
    odd.write_text(SHORT)
    for arguments in (
        ("solve", odd),
        ("compare", odd, odd, "--format", "json"),
        ("exam", odd, "--questions", "1", "--kinds", "params", "--title", os.fsdecode(b"t\xff")),
    ):
        status, out, said = run(*arguments)
        assert (status, said) == (0, "")
        assert out
        assert run(*arguments, "-o", place / "out")[0] == 0
        (place / "out").unlink()


def shell(command: str, **more: str) -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    program = f"{sys.executable} -m symparams"
    done = subprocess.run(
        ["bash", "-c", command.replace("symparams", program, 1)], capture_output=True, env=environment, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ("symparams solve - <&-", 2, "cannot read the standard input: it is closed\n"),
        ("symparams solve -e 'input(3)' >&-", 2, "cannot write to the standard output: it is closed\n"),
        (
            "symparams solve -e 'input(3)' > /dev/full",
            2,
            "cannot write to the standard output: No space left on device\n",
        ),
        ("symparams --help > /dev/full", 2, "cannot write to the standard output: No space left on device\n"),
        ("symparams layers > /dev/full", 2, "cannot write to the standard output: No space left on device\n"),
        ("symparams solve -e 'input(' 2>&-", 2, ""),
        ("symparams solve -e 'input(' 2> /dev/full", 2, ""),
        ("symparams solve -e 'input(3)' <&- > /dev/null", 0, ""),
        (
            "d=$(mktemp -d) && cd $d && rmdir $d && symparams solve -e 'input(3)' -o out",
            2,
            "cannot write out: No such file or directory\n",
        ),
    ],
)
def test_streams_that_are_closed_or_full(command: str, status: int, message: str) -> None:
    assert shell(command) == (status, "", message)


def test_the_standard_output_can_be_named() -> None:
    assert shell("symparams solve -e 'input(3)' -o /dev/stdout | cat") == shell("symparams solve -e 'input(3)'")


def test_help_where_the_terminal_lacks_characters() -> None:
    whole = shell("symparams exam --help", PYTHONIOENCODING="utf-8")
    assert "…" in whole[1]
    assert shell("symparams exam --help", PYTHONIOENCODING="latin-1") == (0, whole[1].replace("…", "?"), "")


def test_pipes_are_read_and_written(tmp_path: Path) -> None:
    command = f"""
        cd {tmp_path}; mkfifo in out; (echo 'input(3)' > in) & (cat out > read) &
        symparams solve in -o out; status=$?; wait; exit $status
    """
    assert shell(command) == (0, "", "")
    assert (tmp_path / "read").read_text("utf-8").startswith("# The network")


MASKED = (
    "=1+1", "+1", "-1+1", "@SUM(A)", "\u2212x", "\uff1d1+1", "\uff0b1", "\uff0d1+1", "\uff20A1", "\ufe66", "\u207c",
    "\ufeff=1", "\u200b=1", "\u200d\u2060=1", "\x01=1", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\u3000\uff1d1",
    "\u202e=1", "\u0301=1", "\x7f@A1", "-1-1", "--1", "-1.2.3", "+5", "-\u0665", "\U000e0001=1",
)  # fmt: skip
PLAIN = (
    "",
    "5",
    "-5",
    "-1.5",
    " -5 ",
    "1=1",
    "a+b",
    "(k^2*C + 1)*F",
    "'=1",
    "26x26x32",
    "\u00d73",
    "\u00e9",
    "\u674e\u96f7",
    "Ada - Bob",
)


def test_no_spreadsheet_takes_a_text_for_a_formula() -> None:
    assert [ascii(text) for text in MASKED if unmistaken(text) != f"'{text}"] == []
    assert [ascii(text) for text in PLAIN if unmistaken(text) != text] == []


def test_every_text_of_a_student_is_guarded() -> None:
    table = io.StringIO(newline="")
    csv.writer(table).writerows([["student", "1"], ["\uff1dAda", "\ufeff=1+1"]])
    for name in TABLES:
        for row in csv.reader(io.StringIO(as_csv(marks(table.getvalue()), name), newline="")):
            assert row == [unmistaken(cell) for cell in row]
    assert "'\uff1dAda" in as_csv(marks(table.getvalue()), "marks")
    assert "'\uff1dAda" in as_csv(marks(table.getvalue()), "answers")
