"""The colors of the language: what the parser takes for a name, a number or a word, Pygments and editors do, too."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import lark
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from symparams import highlighting
from symparams.highlighting import ArchLexer, kind_of
from symparams.layers import CATALOGUE
from symparams.resources import folder
from symparams.sources.words import WORDS
from tests.conftest import EXAMPLES
from tests.differential.generating import networks

ROOT = EXAMPLES.parent

Lexed: TypeAlias = "list[tuple[int, str, Any]]"  # where each token begins, its text, what it is to Pygments

# What each terminal of the grammar is to Pygments; names are looked up by what they stand for.
_TERMINALS = {
    Keyword.Declaration: "MODEL CONVENTION LET RANGE WHERE DEF",
    Keyword: "AS FOR IN STEP",
    Number: "NUMBER SIZE",
    String: "STRING",
    Name.Builtin: "FUNCTION",
    Operator: "_ARROW EQUALS STAR SIGN TIMES CARET RELATION __ANON_0",
    Punctuation: "COMMA LPAR RPAR LSQB RSQB LBRACE RBRACE VBAR AT",
}
_TYPES = {terminal: kind for kind, terminals in _TERMINALS.items() for terminal in terminals.split()}

# By the rule that a name is part of: what it may be.
_NAMES = {
    "call": (Name.Function, Name.Builtin),
    "word": (Name.Function, Name.Builtin),
    "keyword": (Name.Attribute,),
    "symbol": (Name.Variable, Keyword.Constant),
    "named": (Name.Label,),
    "reference": (Name.Label,),
    "convention": (Keyword.Constant,),
    "let": (Name.Variable,),
    "range": (Name.Variable,),
    "each": (Name.Variable,),
    "define": (Name.Function,),
    "parameter": (Name.Attribute,),
}

# Each has something that the other texts lack.
TEXTS = [
    "",
    "# only a comment",
    "model 'a # title'  # a comment\nconvention torch\ninput(3,8,8)->conv(8,3x3,s=2)→relu",
    "let a=-(2+3)*k^-2**1 let b = ⌊ input(3)".replace("⌊ ", "floor(7/2) "),
    "let step = 2\nrange k in 1..9 step step\nrange step in 1, 3 relu -> step",
    "range k in 1..8 step 2, 3..n//2 step -(-3), 5\n{step(3) | step} -> conv(k)",
    "range k in\n3 # one\n, 5\ndef step = relu\nrange n in 2..4 step 2 id -> step",
    "def range(a, b=min(1, 2)) = conv(a, b) -> id\ninput(4, 4) -> range(3) as range\n@range -> step",
    "range as x\nrange -> relu",
    "where H >= 28, H % 4 == 0, k != 3.5e-1, a ≤ b*2, min(a, sum(i, i, 0, n)) ≥ c, a < b, a > b, a ≠ 1\ninput(H)",
    "where (H + 1)*2 == W input(H, W) -> conv",
    "input(28, 28) -> [conv(16*2^i, 3) for i in 0..n - 1] -> [tanh] * 2^3 -> [dense(4)] * (a + b) as 'b.0' -> relu",
    "input (\n  3,\n  4 # four\n) as\n x\n-> { relu | @x -> [id] | share(@'x') } -> add, tanh",
    "input(3) -> nn.Linear(3, 4, bias=False) -> keras.layers.Dense(4, activation='relu', name=\"d\")",
    "Sequential([Conv2D(8, (3, 3), padding=(1,)), [1, 2, [ ]], Dense(as, in=for, step=range, let=0x10)])",
    "input(φ, α_1) -> bidirectional(lstm(64, sequences), merge=sum) -> attention(8, memory=@'enc', frozen)",
    "input(1_000, 2.5, 3., .5, 1e3, channels/2) -> a.b.c(x.y, min(1, 2), max=max) -> {a|b}",
    "let k = 5 conv -> relu let n = channels * 2 @x -> [id] {id|id}",
]


@cache
def _grammar() -> lark.Lark:
    return lark.Lark.open(str(folder("grammar") / "architecture.lark"), parser="lalr", maybe_placeholders=True)


def _terminal(name: str) -> str:
    return name.rpartition("expression__")[2].rpartition("EXPRESSION__")[2]


def parsed(text: str) -> list[tuple[int, str, tuple[Any, ...]]]:
    """The tokens that the parser sees, each with what it may be to Pygments."""
    allowed: dict[int, tuple[Any, ...]] = {}
    for tree in _grammar().parse(text).iter_subtrees():
        kinds = _NAMES.get(tree.data.rpartition("__")[2], ())
        allowed |= {t.start_pos or 0: kinds for t in tree.children if isinstance(t, lark.Token) and t.type == "NAME"}
    tokens = _grammar().parse_interactive(text).exhaust_lexer()
    return [(t.start_pos or 0, str(t), allowed.get(t.start_pos or 0) or (_TYPES[_terminal(t.type)],)) for t in tokens]


def lexed(text: str) -> Lexed:
    found = list(ArchLexer().get_tokens_unprocessed(text))
    assert "".join(part for _, _, part in found) == text
    assert all(text.startswith(part, begin) for begin, _, part in found)
    assert not [part for _, kind, part in found if kind is Whitespace and part.strip(" \t\f\r\n")]
    return [(begin, part, kind) for begin, kind, part in found if kind not in (Whitespace, Comment.Single)]


def agree(text: str) -> None:
    """Our tokens of a text are the parser's, one by one."""
    ours, theirs = lexed(text), parsed(text)
    assert [token[:2] for token in ours] == [token[:2] for token in theirs]
    for (begin, part, kind), (_, _, allowed) in zip(ours, theirs, strict=True):
        assert kind in allowed, (text[max(0, begin - 20) : begin + 20], part, kind)


def _layer_examples() -> Iterator[str]:
    for layer in dict.fromkeys(entry.layer for entry in CATALOGUE.values()):
        if layer.example:
            yield layer.example


def _files() -> list[Path]:
    return sorted(EXAMPLES.glob("*.arch"))


@pytest.mark.parametrize("text", TEXTS)
def test_every_construct(text: str) -> None:
    agree(text)


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    agree(path.read_text("utf-8"))


def test_an_example_of_every_layer() -> None:
    examples = list(_layer_examples())
    assert len(examples) > 100
    for text in examples:
        agree(text)


@given(st.sampled_from(["keras", "torch"]).flatmap(networks))
def test_random_networks(text: str) -> None:
    agree(text)


def test_every_terminal_of_the_grammar_is_met() -> None:
    """One that is new is in no text, or not in the table."""
    terminals = {_terminal(terminal.name) for terminal in _grammar().terminals} - {"WS", "COMMENT"}
    met = {_terminal(t.type) for text in TEXTS for t in _grammar().parse_interactive(text).exhaust_lexer()}
    assert met == terminals == {*_TYPES, "NAME"}
    rules = {rule.alias or rule.origin.name for rule in _grammar().rules}
    assert set(_NAMES) <= {rule.rpartition("__")[2] for rule in rules}


@pytest.mark.parametrize("word", sorted(WORDS | {"range", "step", "sum", "input", "tied", "frozen", "yes", "no"}))
def test_words_of_the_language_are_no_ordinary_names(word: str) -> None:
    texts = {
        "def": "def a = b",
        "channels": "conv(channels)",
        **{function: f"conv({function}(1))" for function in ("floor", "ceil", "min", "max", "sum")},
        **{flag: f"conv({flag})" for flag in ("frozen", "yes", "no")},
    }
    text = texts.get(word, f"model 'a' convention k let a = 1 where a > 1\nrange a in 1..2 step 3 {word} as b "
                           f"-> [id -> share -> tied for i in 1..2]")  # fmt: skip
    if word not in ("input", *texts):
        text = text.replace(f"3 {word}", "3 conv")
    kinds = [kind for _, part, kind in lexed(text) if part == word]
    assert kinds
    assert all(kind in Keyword or kind is Name.Builtin for kind in kinds)


WRONG = [
    ("input(3) -> conv(3))", [")"]),
    ("input(3]) -> conv", ["]"]),
    ('model "LeNet', ['"LeNet']),
    ("input(3) -> dense(4, 'relu)\n-> relu", ["'relu)", "-", ">"]),
    ("input(3) ; relu", [";"]),
    ("input(3) -> 3.5", ["3.5"]),
    ("input(3 -> relu", ["-", ">"]),
    ("input(3) ⟶ relu", ["⟶"]),
    ("let = 3 4", ["4"]),
    ("let k == 3", ["=", "=", "3"]),
    ("where H = 3", ["=", "3"]),
    ("where;", [";"]),
    ("let k = ] input(3)", ["]"]),
    ("range k in ), 3", [")", "3"]),
    ("[relu for 3 in 1..2]", ["3"]),
    ("input(3) -> @3", ["3"]),
    ("input(3)\u00a0-> relu", ["\u00a0"]),
    ("def f(a = conv", []),  # all of it could go on
]


@pytest.mark.parametrize(("text", "wrong"), WRONG)
def test_what_is_wrong_is_marked(text: str, wrong: list[str]) -> None:
    assert [part for _, part, kind in lexed(text) if kind is Error] == wrong


def _broken(source: random.Random, texts: Sequence[str]) -> str:
    """One of the texts, with characters left out, put in and exchanged."""
    text = source.choice(texts)
    for _ in range(source.randint(1, 3)):
        at = source.randrange(len(text) + 1)
        put = source.choice(["", *"()[]{}|@=.,'\"#\n -~é", " in ", "step"])
        text = text[:at] + put + text[at + source.randint(0, 1) :]
    return text


def test_broken_texts_are_lexed_to_their_end() -> None:
    """What the parser does not know as a character is marked."""
    source = random.Random(0)
    texts = [*TEXTS, *_layer_examples()]
    marked = 0
    for _ in range(2000):
        found = lexed(_broken(source, texts))
        marked += any(kind is Error for _, _, kind in found)
        assert all(kind is Error for _, part, kind in found if set(part) & set("~é") and part[0] not in "'\"")
    assert marked > 500


@pytest.mark.parametrize(
    "unit",
    [*"([{)'\"@.-é\u00a0 \n", "a.", "1_1", "1e", "range a in ", "let k = ", "1..2 step 3 step ", "where a<", "def a(",
     "conv(a=", "\"a\n", "[a]*2^", "[a for ", "floor  ", "# ", "model ", "as "],
)  # fmt: skip
def test_no_character_is_looked_at_again_and_again(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that time is linear: searches together pass over a text a few times, however long it is."""
    passed = 0
    search = highlighting._Context.next

    def counted(context: highlighting._Context, line: str, position: int, anchor: int) -> re.Match[str] | None:
        nonlocal passed
        found = search(context, line, position, anchor)
        passed += (len(line) if found is None else found.end()) - position
        return found

    monkeypatch.setattr(highlighting._Context, "next", counted)
    text = unit * (20_000 // len(unit))
    lexed(text)
    assert passed <= 4 * len(text)


def test_pygments_finds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the entry point of the distribution, whatever is installed here."""
    points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pygments.lexers"]
    metadata = tmp_path / "colors-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: colors\nVersion: 1\n", "utf-8")
    lines = "\n".join(f"{name} = {target}" for name, target in points.items())
    (metadata / "entry_points.txt").write_text(f"[pygments.lexers]\n{lines}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = [get_lexer_by_name("arch"), get_lexer_by_name("symparams"), get_lexer_for_filename("vgg16.arch")]
    assert {type(lexer) for lexer in found} == {ArchLexer}


@pytest.mark.program
def test_editors_see_the_same(tmp_path: Path) -> None:
    """vscode-textmate, started once for all texts, finds the tokens that Pygments gets."""
    modules = os.environ.get("TEXTMATE_MODULES", "")
    if not (modules and shutil.which("node") and (Path(modules) / "vscode-textmate").is_dir()):
        pytest.skip("vscode-textmate is not there: set TEXTMATE_MODULES to the node_modules that have it")
    program = ROOT / ".ci" / "textmate.mjs"
    if not program.is_file():
        pytest.skip("the tests stand outside of the project: .ci/textmate.mjs is not there")
    texts = [*TEXTS, *(text for text, _ in WRONG), *(path.read_text("utf-8") for path in _files()), *_layer_examples()]
    texts += [_broken(random.Random(seed), texts) for seed in range(2000)]
    texts = [text for text in texts if text.isascii() or max(map(ord, text)) < 0x10000]  # JavaScript counts in halves
    (tmp_path / "texts.json").write_text(json.dumps(texts), "utf-8")
    command = ["node", str(program), str(folder("grammar") / "arch.tmLanguage.json"), str(tmp_path / "texts.json")]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    for text, tokens in zip(texts, json.loads(run.stdout), strict=True):
        theirs = [(begin, part, kind_of(scope)) for begin, part, scope in tokens if scope != "source.arch" and part]
        ours = [(begin, part, kind) for begin, kind, part in ArchLexer().get_tokens_unprocessed(text)]
        assert theirs == [token for token in ours if token[2] is not Whitespace], text
