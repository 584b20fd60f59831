"""What docs/inside.md tells to add is added to a copy of the project; what is forgotten there turns a test red."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.inside.listings import add, copy_project, listings, tested


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
            "tests/differential/test_coverage.py",
        ),
    ),
    "A misconception": Added(
        ("A misconception",),
        ("tests/test_diagnose.py",),
        ("tests/misconceptions/test_cubes.py", "tests/misconceptions/test_laws.py", "tests/exams/test_statements.py"),
    ),
    "A quantity": Added(("A quantity",), (), ("tests/test_quantities.py",)),
    "A kind of question": Added(
        ("A quantity", "A kind of question"), (), ("tests/exams/test_examination.py", "tests/exams/test_asking.py")
    ),
    "An export": Added(
        ("An export",),
        (),
        ("tests/exports/test_registry.py", "tests/exports/test_lines.py", "tests/exports/test_bank.py"),
    ),
}
_DECLARES = "tests/test_laws.py::test_every_layer_declares_all_it_should"
_SENTENCES = "tests/misconceptions/test_laws.py::test_its_sentences_are_sentences"
_QUANTITY = "tests/test_quantities.py"
_LAYER, _FAMILY = "symparams/layers/maxout.py", "tests/differential/families/maxout.py"
_CUBES, _COUNTED = "symparams/misconceptions/families/cubes.py", "symparams/quantities/quantity.py"
_KIND, _EXPORT = "symparams/exams/kinds/comparisons.py", "symparams/exports/lines.py"

# What is forgotten: in which file what stands there instead of what ("" and "" for a file that is missing), which test
# is red, and what it says.
FORGOTTEN = {
    "A layer": {
        "docstring": (_LAYER, '"""Takes', '_ = """Takes', _DECLARES, "Maxout needs a docstring"),
        "title": (_LAYER, '"Maxout layer"', '""', _DECLARES, "Maxout needs a title"),
        "family": (_LAYER, '    family: ClassVar = "Dense layers"\n', "", _DECLARES, "Maxout needs a family"),
        "example": (_LAYER, '"input(784) -> maxout(64, pieces=3)"', '""', _DECLARES, "Maxout needs an example"),
        "meaning": (_LAYER, '"the sums of each unit"', '""', _DECLARES, "Maxout needs a meaning of its argument pieces"),
        "reason": (
            _LAYER, '"each of the sums of a unit has one weight for each input and one bias"', '""',
            "tests/test_laws.py::test_every_layer_says_why", "maxout needs a sentence: because, on its parameters",
        ),
        "reason of the shape": (
            _LAYER, '"of the sums of a unit only the largest is kept"', '""',
            "tests/test_laws.py::test_every_layer_says_why", "maxout needs a sentence: shape_because, on its output",
        ),
        "reason of the work": (
            _LAYER, '"every sum of a unit runs over all inputs"', '""',
            "tests/test_laws.py::test_every_layer_says_why", "maxout needs a sentence: because of its work",
        ),
        "tensors that match": (
            _LAYER, "            because=", "            written=n_in * n_out * p,\n            because=",
            "tests/test_laws.py::test_tensors_are_the_second_witness", "but its rule for the parameters gives",
        ),
        "why it is written by hand": (
            _LAYER, "            because=", "            written=p * (n_in + 1) * n_out,\n            because=",
            "tests/test_laws.py", "maxout",
        ),
        "name of its own": (
            _LAYER, '("maxout",)', '("maxout", "Linear")',
            "tests/test_completeness.py::test_every_name_is_that_of_one_layer", "Linear",
        ),
        "builder": (
            _FAMILY, "@FAMILY.torch(Maxout)", "",
            "tests/test_completeness.py::test_every_layer_is_built_in_a_framework", "a builder in tests/differential",
        ),
        "argument that is compared": (
            _FAMILY, "plain(layer).pieces", "2",
            "tests/test_completeness.py::test_every_argument_is_read_by_a_builder", "maxout: pieces",
        ),
        "text in the random networks": (
            _FAMILY, 'written("maxout"', 'written("dense"',
            "tests/test_completeness.py::test_every_layer_is_written_by_the_random_networks", "a function with @FAMILY",
        ),
        "page": (_LAYER, "Takes for", "Picks for", "tests/test_docs.py", "--rewrite makes it anew"),
    },
    "A misconception": {
        "answer": (
            "tests/misconceptions/test_cubes.py", "", "",
            "tests/misconceptions/test_laws.py::test_every_misconception_has_an_answer_that_shows_it",
            "an answer worked out by hand in CASES",
        ),
        "quantity": (_CUBES, '"params"', '"parms"', _SENTENCES, "it is about quantities, of which there are"),
        "explanation": (_CUBES, '"you gave', '"gave', _SENTENCES, "the explanation says what was done: you"),
        "repair": (_CUBES, '"over an image a kernel has a height and a width; its depth is the number of input channels"',
                   '""', _SENTENCES, "the repair says what is right and why"),
        "whole claim": (_CUBES, "the input channels.", "the input channels", _SENTENCES, "the claim is one whole sentence"),
        "source": (_CUBES, '"Stack Exchange, questions on whether a convolution is 2D or 3D"', '""', _SENTENCES,
                   "the source says where it is described or asked"),
        "name of its own": (
            _CUBES, '"kernel cubed"', '"kernel not squared"',
            "tests/misconceptions/test_laws.py::test_no_name_is_given_twice", "another name, which says what differs",
        ),
        "wrong answer": (
            _CUBES, " and number(sides[0]) != 1", "",
            "tests/misconceptions/test_laws.py::test_no_mistake_is_right_for_all_letters",
            "kernel cubed gives the right answer",
        ),
        "page": (_CUBES, "third side", "further side", "tests/test_diagnose.py", "--rewrite makes it anew"),
    },
    "A quantity": {
        "title": (_COUNTED, '"Comparisons",', '"",', _QUANTITY, "comparisons needs a title"),
        "reason": (_COUNTED, '"every comparison keeps the larger of two numbers"', '""', _QUANTITY,
                   "comparisons needs a clause on why its rule is so"),
        "convention": (_COUNTED, '"Comparisons: those of one forward pass for one example, each between two numbers"',
                       '""', _QUANTITY, "comparisons needs its convention"),
        "answer": ("tests/test_quantities.py", '    "comparisons"', '    "others"', _QUANTITY,
                   "comparisons: a network, and what its last layer has, in BY_HAND"),
    },
    "A kind of question": {
        "title": (_KIND, '"the comparisons of a layer"', '""', "tests/exams/test_examination.py",
                  "comparisons: the title says what it asks for"),
        "types": (_KIND, '("number",)', "()", "tests/exams/test_examination.py", "comparisons: types, the ways"),
        "place of its own": (_KIND, "order=36", "order=35", "tests/exams/test_examination.py", "another order"),
        "question": (_KIND, '"comparisons", "comparisons", 3', '"cache", "comparisons", 3',
                     "tests/exams/test_examination.py", "there is no question of the kind comparisons"),
    },
    "An export": {
        "name in the registry": ("symparams/exports/registry.py", '        "lines": ("lines", "Lines"),\n', "",
                                 "tests/exports/test_registry.py", "a name in symparams/exports/registry.py"),
        "name of the class": (_EXPORT, '    name = "lines"\n', "", "tests/exports/test_registry.py", "name"),
        "test": ("tests/exports/test_lines.py", "", "", "tests/exports/test_registry.py", "test_lines.py, which reads"),
        "mark": (_EXPORT, 'f"# {text}\\n"', '""', "tests/exports/test_bank.py", "lines"),
    },
}  # fmt: skip


@pytest.mark.parametrize("title", THINGS)
def test_the_page_has_listings_of_it(title: str) -> None:
    written = listings(title)
    assert written
    for one in (one for one in written if not one.above):
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
        status, said = tested(folder, "--rewrite", *thing.pages)
        assert status == 0, said
    yield request.param, folder
    shutil.rmtree(folder)


@pytest.mark.slow
def test_added_as_the_page_says_it_is_right_at_once(project: tuple[str, Path]) -> None:
    title, folder = project
    status, said = tested(folder, *THINGS[title].checks)
    assert status == 0, said


@pytest.mark.slow
def test_what_is_forgotten_is_told(project: tuple[str, Path]) -> None:
    title, folder = project
    for what, (file, here, instead, test, message) in FORGOTTEN[title].items():
        path = folder / file
        text = path.read_text("utf-8")
        assert here in text, (what, file)
        if here:
            path.write_text(text.replace(here, instead, 1 if here.startswith(" ") else -1), "utf-8")
        else:
            path.unlink()
        status, said = tested(folder, test)
        path.write_text(text, "utf-8")
        assert status == 1, f"without {what} nothing is red"
        assert message in said, f"without {what}: {said}"
