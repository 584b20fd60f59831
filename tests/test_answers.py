"""What students type: every notation reads back to the same value, what cannot be read says where and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import (
    Formula,
    Function,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
)
from symparams.errors import Source, SymparamsError
from symparams.questions.diagnosis import Diagnostician
from symparams.questions.letters import letters_for, letters_of
from symparams.sources.answers import LONGEST, read_answer, read_shape
from tests.conftest import GOLDEN
from tests.helpers import net, value

LETTERS = {name: Symbol(name) for name in ("k", "F", "H", "C_in", "n1", "α")}
VALUES = {"k": 3, "F": 64, "H": 29, "C_in": 32, "n1": 7, "α": 2}


def read(text: str) -> Formula:
    return read_answer(Source("answer", text), LETTERS)


# ---------------------------------------------------------------- notations

NUMBERS = st.integers(0, 2_000_000).map(Number)
LEAVES = st.one_of(NUMBERS, st.sampled_from(list(LETTERS.values())))


def _larger(below: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    several = st.lists(below, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        several.map(Sum),
        several.map(Product),
        below.map(Negative),
        st.tuples(below, st.integers(1, 9)).map(lambda pair: Quotient(pair[0], Number(pair[1]))),
        st.tuples(below, st.integers(0, 3)).map(lambda pair: Power(pair[0], Number(pair[1]))),
        below.map(lambda inner: Function("floor", (inner,))),
        below.map(lambda inner: Function("ceil", (inner,))),
        several.map(lambda arguments: Function("max", arguments)),
        st.tuples(below, st.integers(1, 9)).map(lambda pair: Function("mod", (pair[0], Number(pair[1])))),
    )


TREES = st.recursive(LEAVES, _larger, max_leaves=9)


class Hand:
    """Writes a formula as one student would; every choice is drawn."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    def one(self, *choices: str) -> str:
        return self.data.draw(st.sampled_from(choices))

    def gap(self) -> str:
        return self.one("", " ")

    def write(self, formula: Formula) -> str:
        match formula:
            case Number(number):
                marks = (f"{number:,}", str(number), f"{number:_}", f"{number:,}".replace(",", "\u202f"))
                return self.one(*marks)
            case Symbol(name):
                return name
            case Sum(terms):
                text = self.atom(terms[0])
                for term in terms[1:]:
                    sign = self.one("-", "−", "–") if isinstance(term, Negative) else "+"
                    bare = term.term if isinstance(term, Negative) else term
                    text += f"{self.gap()}{sign}{self.gap()}{self.atom(bare)}"
                return text
            case Negative(term):
                return self.one("-", "−") + self.atom(term)
            case Product(factors):
                return self.product(factors)
            case Quotient(top, bottom):
                return f"{self.atom(top)}{self.gap()}{self.one('/', '÷', ':')}{self.gap()}{self.atom(bottom)}"
            case Power(base, Number(exponent)):
                raised = str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
                return self.atom(base) + self.one(f"^{exponent}", f"**{exponent}", f"^({exponent})", raised)
            case Function("mod", (left, right)):
                return f"{self.atom(left)} % {self.atom(right)}"
            case Function(name, arguments):
                inside = f"{self.gap()},{self.gap()} ".join(map(self.write, arguments))
                signs = {"floor": [f"⌊{inside}⌋"], "ceil": [f"⌈{inside}⌉"]}.get(name, [])
                return self.one(f"{name}({inside})", *signs)
        raise AssertionError(formula)

    def atom(self, formula: Formula) -> str:
        """A part with brackets around it where it needs them, sometimes where it does not."""
        bare = isinstance(formula, (Number, Symbol)) or (isinstance(formula, Function) and formula.name != "mod")
        text = self.write(formula)
        return self.one(text, f"({text})") if bare else f"({text})"

    def product(self, factors: tuple[Formula, ...]) -> str:
        """2k, 2·k, 2 × k, (a)(b)."""
        text = self.atom(factors[0])
        for factor in factors[1:]:
            right = self.atom(factor)
            signs = ["*", "·", "×", " * ", " · ", "\\cdot "]
            signs += [" "] if not right[0].isdigit() else []
            signs += [""] if right[0] == "(" and text[-1] in "0123456789)" else []
            text += self.one(*signs) + right
        return text


@given(TREES, st.data())
def test_what_is_written_reads_back(formula: Formula, data: st.DataObject) -> None:
    text = Hand(data).write(formula)
    assert value(read(text), VALUES) == value(formula, VALUES), text


@given(
    st.lists(st.tuples(st.sampled_from(["28", "H", "(H-k)/2 + 1", "⌊(H−k)/2⌋", "2k", "3*4"])), min_size=1, max_size=4)
)
def test_shapes_read_back(sizes: list[tuple[str]]) -> None:
    texts = [text for (text,) in sizes]
    expected = [value(read(text), VALUES) for text in texts]
    for mark in (" x ", "x", "×", ", ", "; ", " X "):
        for open_, close in (("", ""), ("(", ")"), ("[", "]"), ("(None, ", ")")):
            bracketed = mark == "x" and len(texts) > 1
            inside = mark.join(f"({text})" if bracketed else text for text in texts)
            sides = read_shape(Source("answer", f"{open_}{inside}{close}"), LETTERS)
            assert [value(side, VALUES) for side in sides] == expected, inside


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18,207", 18207),
        ("18_207", 18207),
        ("18'207", 18207),
        ("18 207", 18207),
        ("18207.0", 18207),
        ("12.5", Fraction(25, 2)),
        ("-63", -63),
        ("2k", 6),
        ("2(k+1)", 8),
        ("k(k+1)", 12),
        ("(k+1)(k-1)", 8),
        ("kF", 192),
        ("2kF", 384),
        ("k²F", 576),
        ("k^2 F", 576),
        ("2k^2", 18),
        ("-k^2", -9),
        ("2^3^2", 512),
        ("7/2/7", Fraction(1, 2)),
        ("7//2*2", 6),
        ("1/2k", Fraction(3, 2)),
        ("⌊H/2⌋²", 196),
        ("9 − 3 – 1", 5),
        ("min(k, F) + max(k, F)", 67),
        ("(k·k·C_in + 1)·F", 18496),
    ],
)
def test_numbers_as_people_write_them(text: str, expected: int | Fraction) -> None:
    assert value(read(text), VALUES) == expected


# ---------------------------------------------------------------- letters


def names_for(text: str, layer: str, quantity: str = "params") -> Mapping[str, Formula]:
    network = net(text)
    return letters_for(Diagnostician(network).task(layer, quantity))


def test_letters_of_the_rule_and_short_ones() -> None:
    known = names_for("input(28, 26, 3) -> conv(16, 3x3, s=2)", "conv_1")
    expected = {"k_h": 3, "k": 3, "C_in": 3, "C": 3, "C_out": 16, "F": 16, "H": 28, "W": 26, "H_in": 28, "H_out": 13}
    assert {name: value(known[name], {}) for name in expected} == expected
    assert "k" not in names_for("input(28, 26, 3) -> conv(16, 3x5)", "conv_1")


def test_the_letters_of_the_network_come_first() -> None:
    known = names_for("let C = 5 input(H, W, C) -> conv(2*F, k) -> conv(8, 3)", "conv_2")
    assert known["F"] == Symbol("F")
    assert known["k"] == Symbol("k")
    assert value(known["C"], {}) == 5
    assert value(known["C_in"], {"F": 4}) == 8
    assert value(known["k_h"], {}) == 3


def test_letters_that_are_made_of_others() -> None:
    known = letters_of(net("let d = 64 let m = 4*d input(9, d) -> dense(m) -> dense(n)"))
    assert {name: value(letter, {"n": 3}) for name, letter in known.items()} == {"d": 64, "m": 256, "n": 3}


# ---------------------------------------------------------------- messages

DOCUMENT = GOLDEN / "answers.md"
CASE = re.compile(r"## (?P<title>.+)\n\n```\n(?P<asked>.*)\n(?P<answer>.*)\n```\n\n```\n(?P<message>(?:.*\n)*?)```\n")
CASES = list(CASE.finditer(DOCUMENT.read_text("utf-8")))
NETWORK = Diagnostician(net("input(28, 28, 1) -> conv(32, 5) -> maxpool(2) -> conv(64, k)"))


def message(asked: str, answer: str) -> str:
    layer, quantity = asked.split()
    with pytest.raises(SymparamsError) as caught:
        NETWORK.typed(None if layer == "total" else layer, quantity, answer)
    return str(caught.value) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_message(case: re.Match[str], request: pytest.FixtureRequest) -> None:
    found = message(case["asked"], case["answer"])
    if request.config.getoption("--rewrite"):
        head = f"## {case['title']}\n\n```\n{case['asked']}\n{case['answer']}\n```\n\n```\n"
        document = DOCUMENT.read_text("utf-8").replace(f"{head}{case['message']}```", f"{head}{found}```", 1)
        DOCUMENT.write_text(document, "utf-8")
        return
    assert found == case["message"]


def test_there_are_cases() -> None:
    assert len(CASES) == DOCUMENT.read_text("utf-8").count("\n## ") >= 30


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("1" * 10**6, f"an answer has at most {LONGEST:,} characters, this one 1,000,000"),
        ("(" * 900, "nested more than 100 deep"),
        ("9^9^9^9", "more than 1,000 digits"),
        ("((((k^9)^9)^9)^9)^9", "more than 1,000 digits"),
        ("+".join(["k"] * 499) + "+\ud800", "U\\+D800 cannot stand in an answer"),
        ("k!" * 100, "`!` cannot stand in an answer"),
    ],
)
def test_hostile_answers(answer: str, message: str) -> None:
    with pytest.raises(sp.SymparamsError, match=message) as caught:
        NETWORK.typed("conv_2", "params", answer)
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("answer", ["(k+1)^90*(k+2)^90", "(" * 60 + "k" + "+1)^2" * 5 + "+1)" * 55, "k/0", "k/(k-k)"])
def test_answers_that_are_only_hard(answer: str) -> None:
    assert not NETWORK.typed("conv_2", "params", answer).correct


def test_an_exponent_belongs_to_the_last_letter() -> None:
    network = net("input(T, 8) -> attention(2)")
    known = Diagnostician(network)
    for answer in ("T*8^2*4 + 2T^2*8", "4Td² + 2T²d", "4Td^2 + 2dT^2"):
        assert known.typed("attention_1", "macs", answer).correct


def test_commas_between_digits_part_no_sizes_where_another_mark_does() -> None:
    known = Diagnostician(net("input(7, 7, 3) -> conv(1024, 1)"))
    for answer in ("7 × 7 × 1,024", "7x7x1,024", "(7; 7; 1,024)", "7, 7, 1024", "7,7,1024"):
        assert known.typed("conv_1", "shape", answer).correct


def test_no_receptive_field_where_there_are_no_places() -> None:
    with pytest.raises(SymparamsError) as caught:
        Diagnostician(net("input(T) -> embedding(9, 4)")).typed("embedding_1", "field", "3")
    assert str(caught.value) == "the receptive field of embedding_1 has no size of its own"
