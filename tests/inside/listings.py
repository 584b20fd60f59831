"""What docs/inside.md tells to write, and a copy of the project in which it has been written."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.inside.floors import ROOT

PAGE = ROOT / "docs" / "inside.md"
_LISTING = re.compile(
    r"^`(?P<file>[\w./]+)`(?:, below the line `(?P<above>[^`\n]+)`)?:\n\n```\w+\n(?P<text>.*?)```$", re.M | re.S
)
_HEADING = re.compile(r"^### (.*)$", re.M)
_COPIED = (
    "symparams",
    "grammar",
    "templates",
    "tests",
    "examples",
    "docs",
    "benchmarks",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
)


@dataclass(frozen=True)
class Listing:
    """A piece of code on the page."""

    file: str  # where it goes
    above: str  # the line below which it goes; empty: it is the whole file
    text: str


def listings(title: str) -> list[Listing]:
    """Those under a heading: "A layer". A piece of a file is set as text, since only whole files can be formatted."""
    pieces = _HEADING.split(PAGE.read_text("utf-8"))
    sections = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    return [Listing(found["file"], found["above"] or "", found["text"]) for found in _LISTING.finditer(sections[title])]


def copy_project(folder: Path) -> None:
    """All that the tests need, into an empty folder."""
    for name in _COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy2(ROOT / name, folder / name)


def add(folder: Path, written: Iterable[Listing]) -> None:
    """Do what the page says."""
    for one in written:
        path = folder / one.file
        if not one.above:
            assert not path.exists(), f"{one.file} is there already"
            path.write_text(one.text, "utf-8")
            continue
        before, line, after = path.read_text("utf-8").partition(f"\n{one.above}\n")
        assert line, f"{one.file} has no line {one.above}"
        path.write_text(f"{before}{line}{one.text}{after}", "utf-8")


def outcome(folder: Path, *tests: str) -> tuple[int, str]:
    """How pytest ends there, and what it says."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "0", "-m", "", *tests]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
