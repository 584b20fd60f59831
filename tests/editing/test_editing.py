"""What editors show of a text: true where it is a network, and never a traceback where it is none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.notation import shown, size
from symparams.algebra.notations import PLAIN
from symparams.editing.completion import offered
from symparams.editing.hovering import Made, Told, told
from symparams.editing.seen import problem, seen, totals
from symparams.editing.words import defined
from symparams.layers import CATALOGUE
from symparams.model.arguments import arguments_of
from symparams.model.layer import Layer
from tests.books.test_tree import valid
from tests.conftest import EXAMPLES
from tests.helpers import net, networks
from tests.test_cli import run

FILES = sorted(EXAMPLES.glob("*.arch"))
LAYERS: list[type[Layer]] = list(dict.fromkeys(entry.layer for entry in CATALOGUE.values()))
TEXT = """model "A net"
def stage(f, s=1) = conv(f, 3, stride=s, relu) -> maxpool(2)
input(28, 28, 1)  # → and 𝔸 before what follows
-> stage(8) -> stage(16) as mid
-> flatten -> [dense(64)] * 2 -> dropout(0.5) -> dense(10) as "the end"
"""


def words_of(text: str, offset: int | None = None) -> list[str]:
    return [one.word for one in offered(text, len(text) if offset is None else offset)]


def hovered(text: str, word: str) -> str:
    found = told(text, text.index(word) + 1)
    assert found is not None
    assert text[found.start : found.end] in word
    return found.text


# ---------------------------------------------------------------- networks


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_layer_of_every_example_has_its_call(path: Path) -> None:
    text = path.read_text("utf-8")
    known = seen(text)
    assert known.problem is None
    assert known.network is not None
    nodes = {id(node): call for call in known.calls for node in call.nodes}
    silent = [node.name for node in known.network.nodes if id(node) not in nodes and node.kind != "copies"]
    assert silent == []
    for node in known.network.nodes:
        if id(node) in nodes and node.shared is None:
            word = re.match(r"\w+", text[nodes[id(node)].start :])
            assert word
            assert word[0] in ("share", "timedistributed") or CATALOGUE[word[0].casefold()].layer is type(node.layer)


@pytest.mark.parametrize(
    "text",
    [
        "input(H, W, C) -> [conv(16*2^i, 3, same) -> maxpool(2) for i in 0..n] -> flatten",
        "input(H, W, C) -> [[conv(2*channels, 3, same) -> relu] * 2 -> maxpool(2)] * n -> conv(9, 1)",
        "input(T, d) -> [attention(h) -> dense(d)] * L -> ln",
    ],
)
def test_copies_with_letters_have_their_calls(text: str) -> None:
    known = seen(text)
    assert known.network is not None
    for call in known.calls:
        word = re.match(r"\w+", text[call.start : call.end])
        assert word
        assert {type(node.layer) for node in call.nodes} == {CATALOGUE[word[0]].layer}
    placed = [node for call in known.calls for node in call.nodes]
    assert len(placed) == len([node for node in known.network.nodes if node.kind != "copies"])
    assert totals(text)[-1].text.endswith(f": {shown(known.network.counts.params, PLAIN)}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_totals_add_up(path: Path) -> None:
    check_totals(path.read_text("utf-8"))


@given(networks())
def test_totals_of_random_networks_add_up(text: str) -> None:
    valid(text)
    check_totals(text.replace(" -> ", "\n-> "))
    check_totals(text)


def check_totals(text: str) -> None:
    """Lines have their numbers at their ends, and these are together what the network has."""
    *lines, whole = totals(text)
    assert [one.offset for one in lines] == sorted(one.offset for one in lines)
    assert all(text[one.offset : one.offset + 1] in ("\n", "") for one in lines)
    network = net(text)
    counted = shown(network.counts.params, PLAIN)
    assert whole.text == f"parameters of the network: {counted}"
    if re.fullmatch(r"[0-9,]+", counted):
        numbers = [int(one.text.rpartition(" ")[2].replace(",", "")) for one in lines]
        assert sum(numbers) == network.counts.params


def test_totals_of_lines() -> None:
    lines = [(TEXT[: one.offset].count("\n") + 1, one.text) for one in totals(TEXT)]
    assert lines == [
        (2, "parameters in all: 1,248"),
        (3, "28 × 28 × 1, parameters: 0"),
        (5, "parameters in all: 30,474"),
        (5, "parameters of the network: 31,722"),
    ]
    assert [one.text for one in totals("input(5) -> dense(n)")] == [
        "n, parameters: 6n",
        "parameters of the network: 6n",
    ]
    assert totals("input(3) -> conw(3)") == totals("") == []


def test_a_layer_says_its_shape_and_its_count() -> None:
    said = hovered(TEXT, "conv(")
    for node in net(TEXT).nodes[1:4:2]:
        assert f"**`{node.name}`** `{size(node.shape, PLAIN)}`" in said
        assert f"= {shown(node.counts.params, PLAIN)}`" in said
    assert "Slides filters over the input" in said
    assert "parameters" not in hovered(TEXT, "dropout").partition("```")[0]
    many = hovered("input(3) -> [dense(3)] * 9", "dense")
    assert many.count("**`dense_") == 5
    assert "The same call makes further layers: 4." in many


def test_words_say_what_they_are() -> None:
    assert hovered(TEXT, "stride").startswith("`stride`, short `s`: how far the kernel moves")
    assert hovered(TEXT, "relu").startswith("`activation`: ")
    assert "def stage(f, s=1) = conv" in hovered(TEXT, "stage(8")
    assert "Connects every input" in hovered("input(3) -> dense(4", "dense"), "though the text is broken"
    assert "**`x`** `4`" in hovered("input(3) -> dense(4) as x\n@x -> dense(2)", "x -> ")
    for word in ("28", "# →", "A net", "model"):
        assert told(TEXT, TEXT.index(word) + 1) is None


# ---------------------------------------------------------------- where names come from


def test_names_lead_to_where_they_were_given() -> None:
    text = TEXT + '@mid -> flatten\n@"the end" -> relu\n'
    for use, name in (("stage(16", "stage"), ("@mid", "mid"), ('@"the end', '"the end"')):
        for offset in (text.index(use), text.index(use) + 1, text.index(use) + 3):
            place = defined(text, offset)
            assert place is not None
            assert text[slice(*place)] == name
            assert text[: place[0]].endswith(("def ", "as "))
    for word in ("conv", "28", "A net"):
        assert defined(text, text.index(word) + 1) is None
    assert defined("@none", 2) is None


# ---------------------------------------------------------------- completion


def test_layers_macros_and_statements_are_offered_where_they_can_stand() -> None:
    behind = words_of(TEXT, TEXT.index("-> stage(16") + 3)
    assert behind[0] == "stage"
    assert {"conv", "Conv2D", "lstm"} <= set(behind)
    assert "let" not in behind
    assert "let" in words_of("")
    assert "let" in words_of("le")
    assert {layer.names[0] for layer in LAYERS} <= set(behind)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.names[0])
def test_every_argument_and_its_words_are_offered(layer: type[Layer]) -> None:
    text = f"input(3) -> {layer.names[0]}("
    for argument in arguments_of(layer):
        assert argument.name in words_of(text)
        assert set(argument.kind.words) <= set(words_of(text + f"3, {argument.name}="))
        assert set(argument.kind.answers) <= set(words_of(text + f"3, {argument.name}="))


def test_names_and_values_are_offered_where_they_can_stand() -> None:
    assert words_of(TEXT + "@") == words_of(TEXT + "@m") == ["mid"]
    assert words_of("convention ") == ["keras", "torch"]
    assert words_of("input(3) -> conv(4, padding=sa") == ["same", "valid", "causal"]
    assert "dense" in words_of("input(3) -> bidirectional(")
    assert "dense" in words_of("input(3) -> bidirectional(layer=")
    for inside in ("# a comm", 'model "A', "model 'A"):
        assert words_of(inside) == []


# ---------------------------------------------------------------- what is wrong


@pytest.mark.parametrize(
    ("text", "meant", "message"),
    [
        ("input(3) -> conw(3)", "conw", "unknown layer `conw`; did you mean `conv`?"),
        ("input(3) -> dense(0)", "0", "dense: units must be a whole number of at least 1, not 0"),
        ("input(3) -> dense(", "(", "the text ends here, but the ( of line 1, column 18 is open"),
        ('model "𝔸" input(3) -> dense(4) -> x', "x", "unknown layer `x`"),
        ("let a = 3", "3", "there is no network here; it starts with input(…)"),
    ],
)
def test_a_problem_has_its_place_and_the_words_of_the_program(text: str, meant: str, message: str) -> None:
    found = problem(text)
    assert found is not None
    assert text[found.start : found.end] == meant
    assert found.message.startswith(message)
    with pytest.raises(sp.SymparamsError) as raised:
        net(text)
    assert raised.value.matter == found.message
    assert raised.value.suggestion == found.suggestion


def test_what_is_only_begun_is_no_problem() -> None:
    for text in ("", "\n\n", "# only a comment"):
        assert problem(text) is None


@given(st.sampled_from(FILES), st.floats(0, 1), st.sampled_from(["", "(", "@", '"', "x", "𝔸", "->", "[", "\n"]))
def test_nothing_that_is_typed_is_a_traceback(path: Path, share: float, typed: str) -> None:
    whole = path.read_text("utf-8")
    offset = int(share * len(whole))
    for text in (whole[:offset] + typed, whole[:offset] + typed + whole[offset:]):
        at = offset + len(typed)
        found = problem(text)
        assert found is None or 0 <= found.start < found.end <= len(text)
        for word in (told(text, at), told(text, offset)):
            assert word is None or text[word.start : word.end].isidentifier() or "." in text[word.start : word.end]
        assert all(one.word for one in offered(text, at))
        defined(text, at)
        totals(text)


# ---------------------------------------------------------------- the command


@given(st.integers(0, len(TEXT)))
def test_the_command_says_what_editors_show(offset: int) -> None:
    """At a line and a column, in characters; as JSON in parts."""
    at = f"{TEXT.count(chr(10), 0, offset) + 1}:{offset - TEXT.rfind(chr(10), 0, offset)}"
    found = told(TEXT, offset)
    assert run("hover", "-e", TEXT, "--at", at) == (0, f"{found.text}\n" if found else "", "")
    printed = json.loads(run("hover", "-e", TEXT, "--at", at, "--format", "json")[1])
    if found is None:
        assert printed is None
    else:
        assert Told(**{**printed, "made": tuple(Made(**one) for one in printed["made"])}) == found


@pytest.mark.parametrize("at", ["0:1", "1:0", "1:4", "2:1", "1", "x:1", "1:1:1", "1:99999999999"])
def test_a_place_outside_of_the_text_is_told(at: str) -> None:
    status, out, said = run("hover", "-e", "id", "--at", at)
    assert (status, out) == (2, "")
    assert said == f"--at is a line and a column of the text, from 1:1 to 1:3, not {at}\n"


def test_a_macro_is_told_as_it_was_defined_also_where_a_layer_has_its_name() -> None:
    text = "def conv(f) = dense(f) -> relu\ninput(3) -> conv(4)"
    found = told(text, len(text) - 4)
    assert found is not None
    assert (found.code, found.about) == ("def conv(f) = dense(f) -> relu", "")
