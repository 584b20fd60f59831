"""What can be forgotten of the things that docs/inside.md adds, and which test says so."""

from __future__ import annotations

from typing import NamedTuple

_LAWS, _MISTAKES = "tests/test_laws.py", "tests/misconceptions/test_laws.py"
_DECLARES = f"{_LAWS}::test_every_layer_declares_all_it_should"
_WHY = f"{_LAWS}::test_every_layer_says_why"
_SENTENCES = f"{_MISTAKES}::test_its_sentences_are_sentences"
_COMPLETE = "tests/test_completeness.py"
_QUANTITIES, _FORMATS, _DOCS = "tests/test_quantities.py", "tests/test_formats.py", "tests/test_docs.py"
_SOURCES = "tests/test_references.py"
_KINDS, _EXPORTS = "tests/exams/test_examination.py", "tests/exports/test_registry.py"

BIBLIOGRAPHY = "symparams/references.toml"
LAYER, FAMILY = "symparams/layers/maxout.py", "tests/differential/families/maxout.py"
CUBES, CUBES_TEST = "symparams/misconceptions/families/cubes.py", "tests/misconceptions/test_cubes.py"
COUNTED, MARKS = "symparams/quantities/quantity.py", "symparams/documents/formats.py"
BLOCKS, KIND = "templates/formats/org.j2", "symparams/exams/kinds/comparisons.py"
EXPORT, EXPORT_TEST = "symparams/exports/lines.py", "tests/exports/test_lines.py"
_SAYS = f"{_KINDS}::test_a_kind_says_what_it_is"
_ANEW = "--rewrite makes it anew"


class Forgotten(NamedTuple):
    """An edit of what was added, and what comes of it."""

    what: str  # is forgotten
    file: str  # where
    here: str  # what stands there; empty: the whole file is forgotten
    instead: str  # what stands there then
    test: str  # that is red
    says: str  # what it says, among other things


def without(what: str, file: str, field: str, test: str, says: str) -> Forgotten:
    """A sentence that is empty."""
    return Forgotten(what, file, f'{field}"', f'{field}"" and "', test, says)


FORGOTTEN: dict[str, tuple[Forgotten, ...]] = {
    "A layer": (
        Forgotten("docstring", LAYER, '    """Takes', '    _ = """Takes', _DECLARES, "Maxout needs a docstring"),
        without("title", LAYER, "title: ClassVar = ", _DECLARES, "Maxout needs a title"),
        Forgotten("family", LAYER, "family: ClassVar", "kin: ClassVar", _DECLARES, "Maxout needs a family"),
        without("example", LAYER, "example: ClassVar = ", _DECLARES, "Maxout needs an example"),
        Forgotten(
            "meaning", LAYER, '(COUNT, "the sums of each unit"', '(COUNT, ""', _DECLARES,
            "Maxout needs a meaning of its argument pieces",
        ),
        without("why so many", LAYER, "            because=", _WHY, "needs a sentence: because"),
        without("why this shape", LAYER, "shape_because=", _WHY, "maxout needs a sentence: shape_because"),
        Forgotten(
            "tensors that match", LAYER, "            shape_because=",
            "            written=n_in * n_out * p,\n            shape_because=",
            f"{_LAWS}::test_tensors_are_the_second_witness",
            "its tensors have 150720 numbers, but its rule for the parameters gives 150528",
        ),
        Forgotten(
            "why it is written by hand", LAYER, "            shape_because=",
            "            written=p * (n_in + 1) * n_out,\n            shape_because=",
            f"{_LAWS}::test_rules_written_by_hand_are_few_and_have_their_reason", "by_hand says why",
        ),
        Forgotten(
            "name of its own", LAYER, '("maxout",)', '("maxout", "Linear")',
            f"{_COMPLETE}::test_every_name_is_that_of_one_layer", "another name",
        ),
        Forgotten(
            "builder", FAMILY, "@FAMILY.torch(Maxout)", "",
            f"{_COMPLETE}::test_every_layer_is_built_in_a_framework", "a builder in tests/differential/families",
        ),
        Forgotten(
            "argument that is compared", FAMILY, "plain(layer).pieces", "2",
            f"{_COMPLETE}::test_every_argument_is_read_by_a_builder", "maxout: pieces",
        ),
        Forgotten(
            "text in the random networks", FAMILY, 'written("maxout"', 'written("dense"',
            f"{_COMPLETE}::test_every_layer_is_written_by_the_random_networks", "a function with @FAMILY.layer",
        ),
        Forgotten(
            "source", LAYER, "cited: ClassVar", "quoted: ClassVar",
            f"{_SOURCES}::test_every_rule_of_a_layer_has_a_source",
            "Maxout says nothing of where its shape rule is found",
        ),
        Forgotten(
            "work in the bibliography", BIBLIOGRAPHY, "[goodfellow2013]", "[goodfellow2014]",
            f"{_SOURCES}::test_every_citation_is_in_the_bibliography_and_nothing_else_is", "goodfellow2013",
        ),
        Forgotten("page", LAYER, "Takes for", "Picks for", _DOCS, _ANEW),
    ),
    "A misconception": (
        Forgotten(
            "answer", CUBES_TEST, "", "", f"{_MISTAKES}::test_every_misconception_has_an_answer_that_shows_it",
            "an answer worked out by hand in CASES",
        ),
        Forgotten("quantity", CUBES, '"params"', '"parms"', _SENTENCES, "it is about quantities, of which there are"),
        Forgotten("you", CUBES, '"you gave', '"gave', _SENTENCES, "the explanation says what was done: you"),
        without("repair", CUBES, "repair=", _SENTENCES, "the repair says what is right and why"),
        Forgotten("full stop", CUBES, "channels.", "channels", _SENTENCES, "the claim is one whole sentence"),
        without("source", CUBES, "source=", _SENTENCES, "the source says where it is described or asked"),
        Forgotten(
            "name of its own", CUBES, '"kernel cubed"', '"kernel not squared"',
            f"{_MISTAKES}::test_no_name_is_given_twice", "another name, which says what differs",
        ),
        Forgotten(
            "that it must be wrong", CUBES, " and number(sides[0]) != 1", "",
            f"{_MISTAKES}::test_no_mistake_is_right_for_all_letters", "kernel cubed gives the right answer",
        ),
        Forgotten("page", CUBES, "third side", "further side", "tests/test_diagnose.py", _ANEW),
    ),
    "A quantity": (
        Forgotten(
            "title", COUNTED, '            "Comparisons"', '            ""', _QUANTITIES, "comparisons needs a title",
        ),
        Forgotten(
            "why", COUNTED, '"every comparison keeps the larger of two numbers"', '""', _QUANTITIES,
            "comparisons needs a clause on why its rule is so",
        ),
        Forgotten(
            "what is counted", COUNTED, '"Comparisons: those', '"" and "Comparisons: those', _QUANTITIES,
            "comparisons needs its convention",
        ),
        Forgotten(
            "name of its own", COUNTED, '            "comparisons",\n            "Comparisons"',
            '            "macs",\n            "Comparisons"', _QUANTITIES, "a name of its own for each",
        ),
        Forgotten(
            "answer", _QUANTITIES, '    "comparisons"', '    "others"', _QUANTITIES,
            "comparisons: a network, and what its last layer has, in BY_HAND",
        ),
    ),
    "A solution format": (
        Forgotten(
            "mark", MARKS, '            arrow="→",\n            back="←",\n            cross=" × ",\n', "", _FORMATS,
            "missing 3 required positional arguments: 'arrow'",
        ),
        Forgotten("block", BLOCKS, "macro reference", "macro see", _FORMATS, "a macro in templates/formats/org.j2"),
        Forgotten("blocks", BLOCKS, "", "", _FORMATS, "formats/org.j2"),
        Forgotten("name of its own", MARKS, 'name="org"', 'name="text"', _FORMATS, "a name of its own for each"),
        Forgotten("page", MARKS, "the digits of a number in text", "its digits", _DOCS, _ANEW),
    ),
    "A kind of question": (
        without("title", KIND, "title=", _SAYS, "comparisons: the title says what it asks for"),
        Forgotten("types", KIND, '("number",)', "()", _SAYS, "comparisons: types, the ways in which"),
        Forgotten("place of its own", KIND, "order=36", "order=35", _SAYS, "each kind has a place of its own"),
        Forgotten(
            "questions", KIND, '"comparisons", "comparisons", 3', '"cache", "comparisons", 3', _KINDS,
            "there is no question of the kind comparisons",
        ),
    ),
    "An export": (
        Forgotten(
            "name in the registry", "symparams/exports/registry.py", '        "lines": ("lines", "Lines"),\n', "",
            _EXPORTS, "a name in symparams/exports/registry.py, the same as in the class",
        ),
        Forgotten("name of the class", EXPORT, '    name = "lines"\n', "", _EXPORTS, "has no attribute 'name'"),
        Forgotten("test", EXPORT_TEST, "", "", _EXPORTS, "test_lines.py, which reads"),
        Forgotten(
            "pattern", "tests/exports/banks.py", '    "lines": ', '    "others": ', "tests/exports/test_bank.py",
            "lines: a pattern in _IDENTITIES",
        ),
        Forgotten("mark at the end", EXPORT, 'f"# {text}\\n"', '""', "tests/exports/test_bank.py", "lines"),
    ),
}  # fmt: skip
