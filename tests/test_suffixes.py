"""The suffix of an output says what is written; what is named says it first, and neither contradicts the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from symparams.converters.targets import SUFFIXES as TARGET_SUFFIXES
from symparams.converters.targets import TARGETS
from symparams.documents.formats import FORMATS
from symparams.exports.registry import EXPORTS, SUFFIXES
from tests.test_cli import NETWORK, refused, run

DRAWN = f"range F in 4..40 {NETWORK} -> dense(F)"
COMMANDS = {
    "solve": ("solve", "-e", NETWORK),
    "summary": ("summary", "-e", NETWORK),
    "answer": ("answer", "-e", "How many parameters?\nmodel = Sequential([Dense(3, input_shape=(4,))])"),
    "compare": ("compare", "-e", NETWORK, "-e", NETWORK),
    "find": ("find", "-e", "input(3) -> dense(n)", "--target", "params=16"),
    "diagnose": ("diagnose", "-e", NETWORK, "--total", "--answer", "3"),
    "check": ("check", "-e", NETWORK, "--against", "examples/mnist-63.arch"),
    "grade": ("grade", "tests/data/banks/formulas.json", "--answers", "tests/data/banks/formulas.answers.csv"),
    "convert": ("convert", "-e", NETWORK),
    "exam": ("exam", "-e", DRAWN, "--questions", "2", "--kinds", "params,total"),
}


def written(tmp_path: Path, name: str, *command: str) -> bytes:
    status, out, error = run(*command, "-o", tmp_path / name)
    assert status == (1 if command[0] == "check" else 0), error
    assert out == ""
    return (tmp_path / name).read_bytes()


CASES = [
    *((command, ".tex", "latex") for command in COMMANDS if command != "convert"),
    *((command, ".json", "json") for command in COMMANDS if command != "convert"),
    *((command, suffix, "markdown") for command in COMMANDS if command != "convert" for suffix in (".md", ".MARKDOWN")),
    *((command, ".txt", "text") for command in COMMANDS if command not in ("convert", "exam")),
    ("grade", ".csv", "csv"),
    ("convert", ".arch", "arch"),
    ("convert", ".mmd", "mermaid"),
    ("convert", ".gv", "dot"),
    ("exam", ".xml", "moodle"),
    ("exam", ".gift", "gift"),
    ("exam", ".exam", "numbas"),
    ("exam", ".h5p", "h5p"),
]


@pytest.mark.parametrize(("command", "suffix", "name"), CASES)
def test_the_suffix_says_the_format(tmp_path: Path, command: str, suffix: str, name: str) -> None:
    option = "--to" if command == "convert" else "--format"
    by_name = written(tmp_path, "out", *COMMANDS[command], option, name)
    assert written(tmp_path, f"out{suffix}", *COMMANDS[command]) == by_name


def test_without_a_known_suffix_the_usual_format_is_written(tmp_path: Path) -> None:
    for command, usual in (("solve", "markdown"), ("summary", "text"), ("grade", "text"), ("exam", "markdown")):
        printed = written(tmp_path, command, *COMMANDS[command], "--format", usual)
        assert written(tmp_path, f"{command}.notes", *COMMANDS[command]) == printed
    assert written(tmp_path, "out.tex.bak", *COMMANDS["solve"]).startswith(b"# ")
    assert written(tmp_path, ".tex", *COMMANDS["solve"]).startswith(b"# ")


def test_what_is_named_is_written_whatever_the_suffix(tmp_path: Path) -> None:
    assert written(tmp_path, "out.notes", *COMMANDS["solve"], "--format", "latex").startswith(b"\\section")
    assert written(tmp_path, "exam.txt", *COMMANDS["exam"], "--format", "gift").startswith(b"// ")
    assert written(tmp_path, "out.py", *COMMANDS["convert"], "--to", "keras").startswith(b"import keras")


def test_a_contradiction_says_both_sides(tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    for command, named, name, said in (
        (
            "solve",
            ("--format", "markdown"),
            "out.tex",
            (
                "--format markdown does not go with -o {}, as .tex stands for latex; "
                "leave out --format, or end the name with .md"
            ),
        ),
        (
            "exam",
            ("--format", "prairielearn"),
            "out.zip",
            (
                "--format prairielearn does not go with -o {}, as .zip stands for qti12, qti21, blackboard or rexams; "
                "leave out --format, or choose a name without a suffix"
            ),
        ),
        (
            "convert",
            ("--to", "dot"),
            "out.PY",
            (
                "--to dot does not go with -o {}, as .py stands for keras or torch; "
                "leave out --to, or end the name with .dot"
            ),
        ),
        (
            "convert",
            ("--to", "dot"),
            "out.pdf",
            "-o {} stands for pdf, which is not written here; choose arch, keras, torch, mermaid or dot",
        ),
        ("convert", (), "out.py", "-o {} can be keras or torch; say which with --to"),
        ("exam", (), "out.zip", "-o {} can be qti12, qti21, blackboard or rexams; say which with --format"),
    ):
        path = tmp_path / name
        assert refused(*COMMANDS[command], *named, "-o", path).splitlines()[0] == said.format(path)
    assert sorted(tmp_path.iterdir()) == before


def test_every_format_has_its_suffixes() -> None:
    assert list(SUFFIXES) == list(EXPORTS)
    assert list(TARGET_SUFFIXES) == list(TARGETS)
    assert all(format_.suffixes for format_ in FORMATS.values() if format_.solves)
    every = [*(s for f in FORMATS.values() for s in f.suffixes), *(s for its in SUFFIXES.values() for s in its)]
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in every)
