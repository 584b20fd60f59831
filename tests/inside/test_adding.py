"""What docs/inside.md tells to add is added to a copy of the project; what is forgotten there turns a test red."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.inside.forgotten import FORGOTTEN
from tests.inside.listings import add, copy_project, listings, outcome


class Added(NamedTuple):
    """One of the things that can be added."""

    with_it: tuple[str, ...]  # the headings whose listings it needs
    pages: tuple[str, ...]  # the tests that write generated pages anew
    checks: tuple[str, ...]  # the tests that look at it


THINGS = {
    "A layer": Added(
        ("A layer",),
        ("tests/test_docs.py",),
        (
            "tests/test_docs.py",
            "tests/test_laws.py",
            "tests/test_completeness.py",
            "tests/test_references.py",
            "tests/differential/test_coverage.py",
        ),
    ),
    "A misconception": Added(
        ("A misconception",),
        ("tests/test_diagnose.py",),
        (
            "tests/misconceptions/test_cubes.py",
            "tests/misconceptions/test_laws.py",
            "tests/exams/test_statement_cues.py",
        ),
    ),
    "A quantity": Added(("A quantity",), (), ("tests/test_quantities.py", "tests/test_references.py")),
    "A solution format": Added(("A solution format",), ("tests/test_docs.py",), ("tests/test_formats.py",)),
    "A kind of question": Added(
        ("A quantity", "A kind of question"), (), ("tests/exams/test_examination.py", "tests/exams/test_asking.py")
    ),
    "An export": Added(
        ("An export",),
        (),
        ("tests/exports/test_registry.py", "tests/exports/test_lines.py", "tests/exports/test_bank.py"),
    ),
}


@pytest.mark.parametrize("title", THINGS)
def test_the_page_has_listings_of_it(title: str) -> None:
    written = listings(title)
    assert written
    for one in (one for one in written if one.file.endswith(".py") and not one.above):
        ast.parse(one.text)


@pytest.fixture(scope="module", params=THINGS)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A copy of the project with one thing added, and its pages written anew."""
    folder = tmp_path_factory.mktemp("project")
    copy_project(folder)
    thing = THINGS[request.param]
    for title in thing.with_it:
        add(folder, listings(title))
    if thing.pages:
        status, said = outcome(folder, "--rewrite", *thing.pages)
        assert status == 0, said
    yield request.param, folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_added_as_the_page_says_it_is_right_at_once(project: tuple[str, Path]) -> None:
    title, folder = project
    status, said = outcome(folder, *THINGS[title].checks)
    assert status == 0, said


@pytest.mark.slow
def test_what_is_forgotten_is_told(project: tuple[str, Path]) -> None:
    title, folder = project
    for what, file, here, instead, test, says in FORGOTTEN[title]:
        path = folder / file
        text = path.read_text("utf-8")
        assert here in text, (what, file)
        if here:
            path.write_text(text.replace(here, instead), "utf-8")
        else:
            path.unlink()
        status, said = outcome(folder, test)
        path.write_text(text, "utf-8")
        assert status in (1, 2), f"without {what} nothing is red"  # 2: what is tested cannot even be imported
        assert says in said, f"without {what}: {said}"
