"""Texts laid out anew: the same words, comments and networks; once more nothing changes; spaces make no difference."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symparams.editing.formatting import change
from symparams.errors import Source, SymparamsError
from symparams.model.network import Network
from symparams.sources.language import network
from symparams.sources.layout import WIDTH, laid_out
from symparams.sources.reader import lexed, read_network
from tests.conftest import EXAMPLES
from tests.fuzz.drawing import broken, corpus
from tests.helpers import networks
from tests.test_cli import run

CHANCE = st.randoms(use_true_random=False)
WRITTEN = """model 'every form'
convention keras
let g = 2^-3*(3 - -2)//4 % 5  let h = 3 × 4 + floor(g/2) - max(1, g, -h)
range F in 1, 2. .. 4, 8..64 step 8, n.. .5
range G in 3
where H >= 28, H % 4 == 0, F*(G + 1) != −3
def a = relu
def stage(f, s=2*f + 1, k=(3)) = conv(f, kernel=3x3, s=s, p=(0, 1), dilation=[1, 1]) -> maxpool(2,)
input(H, W×2, 3 × 1) as image → stage(4, 1) as "the first" -> [stage(2^i), conv(i, 1) for i in 1..n - 1]
-> [a] * (n + 1)
-> { a, | { @image | @"the first" -> crop(((0, 1), (2, 3))) } -> concat | [conv(2)] } -> share(@image) -> [a] * n^2
-> bidirectional(lstm(64, sequences)), nn.Sequential([('one', Conv2D(3, 4)), ReLU(), ])
-> Sequential(Linear(3, 4), Tanh()) -> pool()
[a, a, a] -> dense(10), dense(10),
@image -> range -> step -> [range for i in 0..3]
"""
TEXTS = [*corpus(), WRITTEN]


def layout(text: str) -> str:
    return laid_out(Source("<test>", text))


def pieces(text: str) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """The tokens of a text, what stands before each of them, and its comments."""
    tokens = list(lexed(text))
    ends = [0, *((token.end_pos or 0) for token in tokens)]
    starts = [*((token.start_pos or 0) for token in tokens), len(text)]
    between = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    comments = [comment.rstrip() for gap in between for comment in re.findall("#[^\n]*", gap)]
    return [(token.type, str(token)) for token in tokens], between, comments


def check(text: str) -> str:
    """A text laid out, after seeing that nothing is lost and nothing changes any more."""
    made = layout(text)
    assert layout(made) == made
    (tokens, _, comments), (same, _, kept) = pieces(text), pieces(made)
    assert same == tokens
    assert kept == comments
    made = made.replace("\r\n", "\n")
    assert all(line == line.rstrip() for line in made.split("\n"))
    assert "\n\n\n" not in made
    assert made == "" or (made[0] != "\n" and made.endswith("\n") and not made.endswith("\n\n"))
    return made


def understood(text: str) -> Network | str:
    """The network of a text, or what is wrong with it."""
    try:
        return network(Source("<test>", text))
    except SymparamsError as error:
        return error.matter


def spaced(chance: random.Random, text: str) -> str:
    """With other spaces, on the same lines."""
    tokens, gaps, _ = pieces(text)
    names = [("", ""), *tokens]
    for number, gap in enumerate(gaps):
        if "\n" not in gap and "#" not in gap:
            may_touch = re.fullmatch(r"[(){}\[\],=|]", names[number][1]) or not gap
            gaps[number] = chance.choice(("", " ", "  \t") if may_touch else (" ", "   ", "\t "))
    return joined(tokens, gaps)


def joined(tokens: list[tuple[str, str]], gaps: list[str]) -> str:
    return gaps[0] + "".join(word + gap for (_, word), gap in zip(tokens, gaps[1:], strict=True))


def disturbed(chance: random.Random, text: str) -> str:
    """With other spaces, lines and comments wherever the language takes them."""
    tokens, gaps, _ = pieces(text)
    for number, (kind, _) in enumerate([("", ""), *tokens]):
        lines = [f" # {number}\n", f'\n  #{number}: -> {{ ( "\n\n', "\n", "\n\n\n", "\r\n \t"]
        if chance.random() < 0.3 and kind not in ("RANGE", "expression__FUNCTION"):
            gaps[number] = "".join(chance.choices(lines, k=chance.choice((1, 1, 2, 3))))
    return joined(tokens, gaps)


def test_every_text_keeps_its_words_comments_and_network() -> None:
    for text in TEXTS:
        made = check(text)
        assert [len(line) for line in made.split("\n") if len(re.sub("#.*", "", line).rstrip()) > WIDTH] == []
        if text is not WRITTEN:
            assert isinstance(understood(text), Network)
            assert understood(made) == understood(text)


def test_a_statement_has_its_own_line() -> None:
    for text in corpus():
        begun = [line for line in layout(text).split("\n") if re.match(r"[A-Za-z@\[{]", line)]
        assert len(begun) == len(read_network(Source("<test>", text)))


@given(st.sampled_from(TEXTS) | networks(), CHANCE)
def test_spaces_make_no_difference(text: str, chance: random.Random) -> None:
    assert layout(spaced(chance, text)) == layout(text)


@given(st.sampled_from(TEXTS) | networks(), CHANCE)
def test_comments_may_stand_anywhere(text: str, chance: random.Random) -> None:
    assert understood(check(disturbed(chance, text))) == understood(text)


@given(CHANCE)
def test_a_broken_text_is_an_error_or_laid_out(chance: random.Random) -> None:
    text = broken(chance)
    try:
        read_network(Source("<test>", text))
    except SymparamsError as error:
        with pytest.raises(SymparamsError, match=re.escape(str(error))):
            layout(text)
        return
    check(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n\n  # only this \n\n", "# only this\n"),
        ("let a=1 let b = 2^3*a", "let a = 1\nlet b = 2^3*a\n"),
        ("input( 3 )->dense(4,bias = no)   as  x", "input(3) -> dense(4, bias=no) as x\n"),
        ("input(3) ->  # in\ndense(4) -># out\n\nrelu", "input(3)     # in\n-> dense(4)  # out\n\n-> relu\n"),
        ("def f(a = 1)=relu\n->bn", "def f(a=1) = relu\n    -> bn\n"),
        ("conv(3, # filters\n5)", "conv(\n    3,  # filters\n    5\n)\n"),
        ("conv(3,\n5)", "conv(3, 5)\n"),
        ("{a|b\n|c}->add", "{\n    a\n  | b\n  | c\n} -> add\n"),
        ("Sequential([\nDense(3), ReLU()])", "Sequential([\n    Dense(3),\n    ReLU()\n])\n"),
        ("{a # x\n# y\n|b # z\n#c\n}", "{\n    a  # x\n    # y\n  | b  # z\n    #c\n}\n"),
        ("let # why\na = # so\n 3 let b = 4", "let a = 3  # why\n# so\nlet b = 4\n"),
        ("input(3)\r\n->relu\r\n", "input(3)\r\n-> relu\r\n"),
        ("#a\nrelu #b\n# c\n\n\n\n#d", "#a\nrelu  #b\n# c\n\n#d\n"),
    ],
)
def test_how_a_text_is_laid_out(text: str, expected: str) -> None:
    assert layout(text) == expected


def test_the_example_of_the_documentation_is_laid_out() -> None:
    page = (EXAMPLES.parent / "docs" / "editors.md").read_text("utf-8")
    (shown,) = re.findall(r"^```arch\n(model .*?)^```$", page, re.S | re.M)
    assert layout(shown) == shown
    assert isinstance(understood(shown), Network)


def test_what_is_too_long_is_opened() -> None:
    """Chains end a line before an arrow; what is still too long has a line for each argument, layer or branch."""
    long = "a" * 58
    assert check(f"dense({long}) -> dense({long})") == f"dense({long})\n-> dense({long})\n"
    assert check(f"relu -> f({long}, k={long}) -> bn") == f"relu\n-> f(\n    {long},\n    k={long}\n) -> bn\n"
    assert check(f"[{long}, {long}]*2") == f"[\n    {long},\n    {long}\n] * 2\n"
    assert check(f"{{{long} -> relu|{long}}}") == f"{{\n    {long} -> relu\n  | {long}\n}}\n"
    assert check(f"[{long} -> {long} for i in 0..3]") == f"[\n    {long}\n    -> {long}\n    for i in 0..3\n]\n"
    assert check(f"where {long} > 0, {long} < 9") == f"where {long} > 0,\n    {long} < 9\n"
    assert check(f"def f(a) = {long} -> {long}") == f"def f(a) = {long}\n    -> {long}\n"


@given(st.sampled_from(TEXTS), CHANCE)
def test_what_changes_in_an_editor_makes_the_layout(text: str, chance: random.Random) -> None:
    """In whole lines, and no more of them than needed."""
    text = disturbed(chance, text)
    found = change(text)
    if found is None:
        assert layout(text) == text
        return
    assert text[: found.start] + found.text + text[found.end :] == layout(text)
    assert found.start == 0 or text[found.start - 1] == "\n"
    assert change(layout(text)) is None
    assert change(text + " ->") is None


# ---------------------------------------------------------------- the command


def test_files_are_changed_where_they_are(tmp_path: Path) -> None:
    crooked, straight = tmp_path / "crooked.arch", tmp_path / "straight.arch"
    crooked.write_bytes(b"input(3)->relu#!\r\n")
    straight.write_text("input(3) -> relu\n")
    stamp = straight.stat().st_ino
    assert run("format", crooked, straight, "--check") == (1, "", f"{crooked}: would be laid out otherwise\n")
    assert crooked.read_bytes() == b"input(3)->relu#!\r\n"
    assert run("format", crooked, straight) == (0, "", f"{crooked}: laid out anew\n")
    assert crooked.read_bytes() == b"input(3) -> relu  #!\r\n"
    assert straight.stat().st_ino == stamp
    assert run("format", crooked, straight, "--check") == (0, "", "")


def test_where_one_is_broken_all_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("input(3)->relu")
    (tmp_path / "b").write_text("input(3)->")
    status, out, said = run("format", tmp_path / "a", tmp_path / "b")
    assert (status, out) == (2, "")
    assert said.startswith(f"{tmp_path / 'b'}:1:11: the text ends here")
    assert ((tmp_path / "a").read_text(), (tmp_path / "b").read_text()) == ("input(3)->relu", "input(3)->")


def test_a_text_on_the_command_line_is_printed() -> None:
    assert run("format", "-e", "input(3)->relu") == (0, "input(3) -> relu\n", "")
    assert run("format", "-e", "input(3)->relu", "--check")[:2] == (1, "")
    assert run("format")[0] == run("format", "a", "-e", "input(3)")[0] == 2
