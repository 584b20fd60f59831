"""One answer to one question: the key, every known mistake and everything else, in many writings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symparams.documents.written_question import WrittenBlank, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.grading.marking import NO_KNOWN, Mark, Marker
from tests.exports.asked_samples import ANSWER_TYPES, samples
from tests.helpers import few_or_many, value

seeds_of_samples = few_or_many("seeds", range(20), range(200))
NOTHING = Fraction(0)


def sound(asked: WrittenQuestion) -> WrittenQuestion:
    """The sample with what its mistakes really give."""
    if asked.answer_type != "formula":
        return asked
    mistakes = (replace(m, values=tuple(Fraction(value(m.answer, at)) for at in asked.at)) for m in asked.mistakes)
    return replace(asked, mistakes=tuple(mistakes))


def some(answer_type: str, seeds: range) -> Iterator[tuple[random.Random, WrittenQuestion]]:
    """Three questions of a type for each seed, those with blanks left out."""
    for seed in seeds:
        for asked in samples(seed, count=12):
            if asked.answer_type == answer_type and not asked.blanks:
                yield random.Random(f"{seed} {asked.identity}"), sound(asked)


ONE_OF_EACH = {t: sound(next(a for a in samples(1) if a.answer_type == t and not a.blanks)) for t in ANSWER_TYPES}


def full(asked: WrittenQuestion) -> tuple[Fraction, str, str, str]:
    return (asked.points, "right", "", "")


def about(mark: Mark) -> tuple[Fraction, str, str, str]:
    return (mark.points, mark.outcome, mark.misconception, mark.remark)


def numbers(n: int | Fraction, chance: random.Random) -> list[str]:
    """A number as it may be typed."""
    a = chance.randrange(2, 50)
    decimal = str(n) if isinstance(n, int) else f"{float(n):.1f}"
    whole, _, rest = decimal.partition(".")
    grouped = f"{int(whole):,}" + (f".{rest}" if rest else "")
    writings = [
        decimal, f"  {decimal} ", decimal + ("0" if rest else ".0"), f"{decimal}.", grouped, f"P = {grouped}",
        f"= {decimal}", f"({decimal})",
        grouped.replace(",", "\u202f"), f"{decimal} + {a} - {a}", f"{a}*{decimal}/{a}", f"-(-{decimal})",
    ]  # fmt: skip
    return [*writings, grouped.replace(",", " ")]


@seeds_of_samples
def test_numbers(seeds: range) -> None:
    for chance, asked in some("number", seeds):
        marker = Marker(asked)
        assert asked.value is not None
        for text in numbers(asked.value, chance):
            assert about(marker.mark(text)) == full(asked), text
        known = {asked.value, *(m.value for m in asked.mistakes)}
        for mistake in asked.mistakes:
            assert mistake.value is not None
            text = chance.choice(numbers(mistake.value, chance))
            expected = (mistake.credit * asked.points, "known", mistake.misconception, "")
            assert about(marker.mark(text)) == expected, text
        for other in (*(asked.value + d for d in (-1, 1, Fraction(1, 10**6))), -asked.value, chance.randrange(10**9)):
            if other not in known:
                text = str(other) if isinstance(other, int) else f"{other.numerator}/{other.denominator}"
                assert about(marker.mark(text)) == (NOTHING, "unknown", "", NO_KNOWN)


AS_TYPED = replace(
    ONE_OF_EACH["number"], value=18_207, answer="18207", points=Fraction(1),
    mistakes=(WrittenMistake("630", 630, Fraction(1, 2), "", "input channels left out"),),
)  # fmt: skip
RIGHT = (Fraction(1), "right", "", "")
KNOWN = (Fraction(1, 2), "known", "input channels left out", "")
ROUNDED = "rounded, where the exact number is asked for"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18207 parameters", RIGHT),
        ("18,207 total params.", RIGHT),
        ("$18207$", RIGHT),
        ("`18 207`", RIGHT),
        ("(3x3x32+1)x63", RIGHT),
        ("18207 = (3*3*32 + 1)*63", RIGHT),
        ("1.8207e4", RIGHT),
        ("18.207k", RIGHT),
        ("about 18207", RIGHT),
        ("(3*3+1)*63=630", KNOWN),
        ("0.63k", KNOWN),
        ("about 18200", (NOTHING, "unknown", "", ROUNDED)),
        ("18k", (NOTHING, "unknown", "", ROUNDED)),
        ("0.6k", (NOTHING, "known", "input channels left out", ROUNDED)),
        ("17k", (NOTHING, "unknown", "", NO_KNOWN)),
        ("133M", (NOTHING, "unknown", "", NO_KNOWN)),
    ],
)
def test_numbers_as_people_type_them(text: str, expected: tuple[Fraction, str, str, str]) -> None:
    assert about(Marker(AS_TYPED).mark(text)) == expected


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("93,000,000 bytes", "right"), ("93MB", "right"), ("93 MB", "right"), ("88.7 MiB", "unknown"),
        ("92MB", "unknown"), ("93 MiB", "unknown"),
    ],
)  # fmt: skip
def test_bytes_as_people_type_them(text: str, outcome: str) -> None:
    asked = replace(AS_TYPED, kind="memory", value=93_000_000, answer="93000000", mistakes=())
    assert Marker(asked).mark(text).outcome == outcome


def test_a_fraction_with_three_decimals_is_clear_where_it_is_the_key() -> None:
    asked = replace(AS_TYPED, value=Fraction(9, 8), answer="1.125", mistakes=())
    assert Marker(asked).mark("1.125").outcome == "right"
    assert Marker(asked).mark("1.126").outcome == "unclear"


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        (
            "60x60x24",
            ("60 60 24", "[60 60 24]", "shape = (60, 60, 24)", "60x60x24 = 86400", r"$60 \times 60 \times 24$"),
        ),
        ("1024", ("1024", "1,024", "(1024,)", "[1024]", "(1024)", "1024 units", "1 024")),
    ],
)
def test_shapes_as_people_type_them(key: str, texts: tuple[str, ...]) -> None:
    marker = Marker(replace(ONE_OF_EACH["shape"], answer=key, mistakes=()))
    for text in texts:
        assert marker.mark(text).outcome == "right", text


@seeds_of_samples
def test_shapes(seeds: range) -> None:
    for chance, asked in some("shape", seeds):
        marker = Marker(asked)
        for wanted, expected in [
            (asked.answer, full(asked)),
            *((m.answer, (m.credit * asked.points, "known", m.misconception, "")) for m in asked.mistakes),
        ]:
            sizes = wanted.split("x")
            for text in (
                wanted, " × ".join(sizes), f"({', '.join(sizes)})", f"(None, {', '.join(sizes)})", ";".join(sizes),
                f"[{' , '.join(sizes)}]", f"({sizes[0]}-1+1)x{sizes[1]}x64",
            ):  # fmt: skip
                assert about(marker.mark(text)) == expected, text
        assert about(marker.mark("1,024x3")) == (NOTHING, "unknown", "", NO_KNOWN)
        size = int(asked.answer.split("x")[0])
        for text in (f"{size + 1}x{size}x64", f"{size}x{size}", f"{size}x{size}x64x1", str(size), f"64x{size}x{size}"):
            if size != 64:
                assert about(marker.mark(text)) == (NOTHING, "unknown", "", NO_KNOWN), text
        assert chance


def formulas(n: int) -> tuple[str, ...]:
    """(k² C + n) F in equivalent writings."""
    return (
        f"(k^2*C + {n})*F", f"F(k²C+{n})", f"k**2*C*F + {n}F", f"F·(C·k·k + {n})", f"{n}*F + C*F*k^2",
        f"P = (kkC + {n})F",
        f"F*((k+1)^2*C - 2k*C - C + {n})", f"⌊(2k²C + {2 * n + 1})/2⌋·F", f"floor(k^3/k)·C·F + {n:,} F",
        f"-(-{n} − k²C)×F",
        f"(k² C+{n}) \\cdot F", f"max(k^2*C + {n}, {n})*F",
    )  # fmt: skip


@seeds_of_samples
def test_formulas(seeds: range) -> None:
    for _, asked in some("formula", seeds):
        marker = Marker(asked)
        key = int(asked.answer.partition("+ ")[2].partition(")")[0])
        for text in formulas(key):
            assert about(marker.mark(text)) == full(asked), text
        for mistake in asked.mistakes:
            n = int(mistake.answer.partition("+ ")[2].partition(")")[0])
            for text in formulas(n):
                expected = (mistake.credit * asked.points, "known", mistake.misconception, "")
                assert about(marker.mark(text)) == expected, text
        for text in (f"(k*C + {key})*F", f"k^2*C + {key}*F", f"(k^2*C + {key})*F + k - k^1 + 1", "0", "1/(k - k)"):
            assert about(marker.mark(text)) == (NOTHING, "unknown", "", NO_KNOWN), text


@seeds_of_samples
def test_choices(seeds: range) -> None:
    for _, asked in some("choice", seeds):
        marker = Marker(asked)
        for letter, option in zip(ascii_lowercase, asked.options, strict=False):
            wrong = (asked.share(option) * asked.points, "known", option.misconception, "")
            for text in (letter, f"({letter.upper()})", f"{letter})", f" {letter}.", option.plain, option.text.upper()):
                mark = marker.mark(text)
                assert about(mark) == (full(asked) if option.correct else wrong), text
                assert mark.chosen == option.plain


def choice(*plain: str, letters: tuple[str, ...] = (), kind: str = "params") -> WrittenQuestion:
    """A choice whose first option is right."""
    options = tuple(
        WrittenOption(text, text, Fraction(int(i == 0) or Fraction(1, 2)), "", "" if i == 0 else f"mistake {i}")
        for i, text in enumerate(plain)
    )
    asked = samples(0, count=4)[3]
    return replace(asked, options=options, answer=plain[0], letters=letters, kind=kind, points=Fraction(1))


@pytest.mark.parametrize(
    ("options", "letters", "text", "chosen"),
    [
        (("18,207", "630"), (), "18207", "18,207"),
        (("18,207", "630"), (), "9*64 + 54", "630"),
        (("24 × 24 × 64", "24 × 24 × 3"), (), "(24, 24, 64)", "24 × 24 × 64"),
        (("F(k²C + 1)", "k²CF"), ("k", "C", "F"), "F*k^2*C + F", "F(k²C + 1)"),
        (("F(k²C + 1)", "k²CF"), ("k", "C", "F"), "CkkF", "k²CF"),
        (("24 × 24 × 64", "48 × 12 × 64"), (), "48x12x64", "48 × 12 × 64"),
        (("1,024 × 3", "1 × 24 × 3"), (), "1024x3", "1,024 × 3"),
        (("True", "False"), (), "TRUE", "True"),
        (("False", "True"), (), "t", "True"),
        (("C", "F", "k"), ("C", "F", "k"), "c", "k"),  # a letter is the letter of an option
        (("One bias for the whole layer", "Biases left out"), (), " biases  left out.", "Biases left out"),
    ],
)  # fmt: skip
def test_options_by_their_value(options: tuple[str, ...], letters: tuple[str, ...], text: str, chosen: str) -> None:
    assert Marker(choice(*options, letters=letters)).mark(text).chosen == chosen


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("7", "right"),
        ("7x7", "right"),
        ("7 × 7", "right"),
        ("7⨯7", "right"),
        ("7\u2009х\u20097", "right"),
        ("(7, 7)", "right"),
        ("7x9", "unread"),
        ("9 × 9", "unknown"),
    ],
)
def test_a_receptive_field_may_be_given_along_each_axis(text: str, outcome: str) -> None:
    asked = replace(ONE_OF_EACH["number"], kind="field", value=7, answer="7")
    assert Marker(asked).mark(text).outcome == outcome


def test_naming_a_wrong_mistake_is_not_making_it() -> None:
    mark = Marker(choice("biases left out", "strides forgotten", kind="mistake")).mark("b")
    assert about(mark) == (Fraction(1, 2), "unknown", "", NO_KNOWN)


# ---------------------------------------------------------------- blanks

BLANKS = tuple(
    WrittenBlank(mark, str(n), n, points)
    for mark, n, points in (("(a)", 9, Fraction(1, 2)), ("(b)", 288, Fraction(1)), ("(c)", 320, Fraction(3, 2)))
)
FADED = replace(
    samples(0, count=1)[0],
    points=Fraction(3),
    value=320,
    answer="320",
    blanks=BLANKS,
    mistakes=(WrittenMistake("288", 288, Fraction(1, 3), "", "biases left out"),),
)


ONE = "; expected a number, such as 18207"
THREE = "; expected 3 numbers, such as 288; 320 for (a), (b) and (c)"


@pytest.mark.parametrize(
    ("text", "points", "outcome", "misconception", "remark"),
    [
        ("9; 288; 320", 3, "right", "", ""),
        ("3*3|9*32|\n", 1.5, "part", "", "nothing at (c)"),
        ("(a) 9 (b) 288, (c): 320", 3, "right", "", ""),
        ("(c) 320; (a) 9", 2, "part", "", "nothing at (b)"),
        ("9;;320", 2, "part", "", "nothing at (b)"),
        ("9;288;288", 2, "known", "biases left out", "wrong at (c)"),
        (";;", 0, "empty", "", ""),
        ("288;288;7", 1, "unknown", "", "wrong at (a) and (c)"),
        ("9", 0.5, "part", "", "nothing at (b) and (c)"),
        ("9;x;320", 2, "unread", "", f"(b) nothing here is called `x`; there are no letters here{ONE}"),
        ("9;288;320;5", 0, "unread", "", f"there are 4 numbers here{THREE}"),
        ("(a) 9 (a) 8", 0, "unread", "", f"it is not clear which answer belongs to which blank{THREE}"),
    ],
)  # fmt: skip
def test_blanks(text: str, points: float, outcome: str, misconception: str, remark: str) -> None:
    assert about(Marker(FADED).mark(text)) == (Fraction(points), outcome, misconception, remark)


@seeds_of_samples
def test_blanks_of_samples(seeds: range) -> None:
    for seed in seeds:
        for asked in samples(seed, count=12):
            if asked.blanks:
                marker = Marker(asked)
                assert marker.mark("; ".join(b.answer for b in asked.blanks)).outcome == "right"
                mistake = asked.mistakes[-1]
                mark = marker.mark(f"{asked.blanks[0].answer};{mistake.answer}")
                worth = (1 + mistake.credit) / 2 * asked.points  # both blanks weigh the same
                assert (mark.points, mark.misconception) == (worth, mistake.misconception)


# ---------------------------------------------------------------- what is no answer


EXPECTED = {
    "number": "a number, such as 18207",
    "shape": "a shape, such as 26x26x32",
    "formula": "a formula in C, F and k",
    "choice": "the letter of an option, a to e, or its text",
}


@pytest.mark.parametrize(
    ("answer_type", "text", "remark"),
    [
        ("number", "640 apples", "nothing here is called `apples`; there are no letters here"),
        ("number", "93MB", "this is a number of bytes, but no bytes are asked for"),
        ("number", "(3*3+1)*63 = 640", "the two sides differ: 630 is on the left, 640 on the right"),
        ("shape", "8x8x3 = 191", "the two sides differ: 8 × 8 × 3 is on the left, 191 on the right"),
        ("formula", "C*F = F*C*C", "the two sides differ: F*C*C is not what stands on the left"),
        ("number", "9^9^9^9", "a power here has more than 1,000 digits, which is the limit"),
        ("number", "1/0", "division by zero"),
        ("number", "9" * 1_000_000, "an answer has at most 1,000 characters, this one 1,000,000"),
        ("number", "import os", "nothing here is called `import`; there are no letters here"),
        ("shape", "large", "nothing here is called `large`; there are no letters here"),
        ("shape", "9^9^9^9 x 3", "a power here has more than 1,000 digits, which is the limit"),
        ("formula", "(k^2*D + 1)*F", "nothing here is called `D`; the letters here are C, F and k"),
        ("formula", "k^9^9^9", "a power here has more than 1,000 digits, which is the limit"),
        ("choice", "z", "this is none of the options"),
        ("choice", "630", "this is none of the options"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(answer_type: str, text: str, remark: str) -> None:
    assert about(Marker(ONE_OF_EACH[answer_type]).mark(text)) == (
        NOTHING,
        "unread",
        "",
        f"{remark}; expected {EXPECTED[answer_type]}",
    )


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("18.207", "18.207 is 18,207 in some countries and a fraction in others; write 18207"),
        ("630,5", "630,5 is 630.5 in some countries and no number in others; write 630.5"),
    ],
)
def test_a_number_of_two_meanings_is_asked_about(text: str, remark: str) -> None:
    assert about(Marker(AS_TYPED).mark(text)) == (NOTHING, "unclear", "", remark)
    blanks = (WrittenBlank("(a)", "9", 9, Fraction(1)), WrittenBlank("(b)", "18207", 18_207, Fraction(1)))
    mark = Marker(replace(AS_TYPED, blanks=blanks, points=Fraction(2))).mark(f"9; {text}")
    assert about(mark) == (Fraction(1), "unclear", "", f"(b) {remark}")


@pytest.mark.parametrize("answer_type", ANSWER_TYPES)
@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u3000"])
def test_nothing_is_no_mistake(answer_type: str, text: str) -> None:
    assert Marker(ONE_OF_EACH[answer_type]).mark(text) == Mark(NOTHING, "empty")


@given(st.sampled_from([*ONE_OF_EACH.values(), FADED]), st.text() | st.text("0123456789+-*/^()x,.;kCF⌊⌋²= ab|%"))
def test_whatever_is_typed_is_marked(asked: WrittenQuestion, text: str) -> None:
    assert 0 <= Marker(asked).mark(text).points <= asked.points


@pytest.mark.parametrize(
    "text", ["(" * 900, "-" * 900 + "1", "9^" * 300 + "9", "1/" * 400 + "1", "1+" * 499 + "1", "x" * 999]
)
def test_what_is_hostile_is_marked(text: str) -> None:
    for asked in (*ONE_OF_EACH.values(), FADED):
        assert Marker(asked).mark(text).points < asked.points


def test_a_bank_that_is_wrong_is_not_the_fault_of_the_student() -> None:
    asked = replace(ONE_OF_EACH["shape"], answer="large")
    with pytest.raises(SymparamsError) as caught:
        Marker(asked).mark("3x3")
    assert str(caught.value) == f"the question {asked.identity} has `large` where a shape belongs"
