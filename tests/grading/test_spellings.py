"""Sizes and numbers as people type them: what `grade` and `diagnose` read alike, and what both refuse."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symparams.errors import Source, SymparamsError
from symparams.grading.marking import Marker
from symparams.questions.diagnosis import Diagnostician
from symparams.sources.spelled import in_plain_characters, without_frame
from symparams.sources.typed import bare
from symparams.sources.typed_sizes import typed_sizes
from tests.exports.asked_samples import samples
from tests.helpers import net

NUMBER, SHAPE = (next(a for a in samples(1) if a.answer_type == t and not a.blanks) for t in ("number", "shape"))
KERAS = Diagnostician(net("input(28, 30, 1) -> conv(32, 3) as c -> flatten -> dense(1378) as d"))
TORCH = Diagnostician(net("convention torch input(1, 28, 30) -> conv(32, 3) as c"))

SIZES = (
    "26x28x32", "26 x 28 x 32", "26X28X32", "26×28×32", "26⨯28⨯32", "26х28х32", "26Х28Х32", "26 х 28x 32", "26*28*32",
    "26 * 28 * 32", "26∗28∗32", "26·28·32", "26⋅28⋅32", "26✕28✕32", "26✖28✖32", "26╳28╳32", "26 by 28 by 32",
    "26 by 28 x 32", "26 times 28 times 32", "(26,28,32)", "[26,28,32]", "{26,28,32}", "⟨26,28,32⟩", "((26, 28, 32))",
    "[(None, 26, 28, 32)]", "(26;28;32)", "26,28,32", "26 28 32", "26\u200928\u200932",
    "26\u2009×\u200928\u2009×\u200932",
    "26\u00a0x\u00a028\u00a0x\u00a032", "26×28×32\u200b", "\ufeff26x28x32", "２６×２８×３２", "26×28×32 pixels",
    "26x28x32 px",
    "26x28x32 values", "26x28x32 neurons", "26x28x32 feature maps", "(batch, 26, 28, 32)", "(batch_size, 26, 28, 32)",
    "(N, 26, 28, 32)", "(1, 26, 28, 32)", "(?, 26, 28, 32)", "torch.Size([26, 28, 32])",
    "TensorShape([None, 26, 28, 32])", "shape: 26x28x32", "the output shape is (26, 28, 32)", "= 26x28x32",
    r"$26 \times 28 \times 32$", r"26\times28\times32", r"26\cdot28\cdot32", "26x28x32 = 23296", "26x28x32.",
    "26x28x32!",
)  # fmt: skip
NAMED_SIZES = (
    "26x28 with 32 channels", "26x28, 32 channels", "26x28 (32 channels)", "26 x 28 x 32 channels", "26 28 32 channels",
    "32 channels of 26x28", "32 feature maps of 26×28", "32 maps, 26x28", "32@26x28", "32 @ 26×28", "26x28@32",
    "H=26, W=28, C=32", "C=32, H=26, W=28", "W=28, H=26, C=32", "height 26, width 28, channels 32",
    "26 height 28 width 32 channels", "(H, W, C) = (26, 28, 32)", "(C, H, W) = (32, 26, 28)",
)  # fmt: skip
UNCLEAR_SIZES = ("26-28-32", "26/28/32", "26 | 28 | 32")
RIGHT = (32 * 26 * 28 + 1) * 1378  # of d: 32,103,266
NUMBERS = (
    f"{RIGHT}", f"{RIGHT:,}", f"{RIGHT:,}".replace(",", " "), f"{RIGHT:,}".replace(",", "\u2009"),
    f"{RIGHT:,}".replace(",", "\u202f"), f"{RIGHT:,}".replace(",", "'"), f"{RIGHT:,}".replace(",", "."),
    f"= {RIGHT}", f"{RIGHT}.", f"{RIGHT}!", f"{RIGHT};", f"{RIGHT}.0", f"~{RIGHT}", f"≈ {RIGHT}", f"approx. {RIGHT}",
    f"The answer is {RIGHT}", f"it has {RIGHT:,} parameters", f"I get {RIGHT}", f"params: {RIGHT}",
    f"#params = {RIGHT}",
    f"Total: {RIGHT}", f"**{RIGHT}**", f'"{RIGHT}"', f"“{RIGHT}”", f"[{RIGHT}]", f"{{{RIGHT}}}",
    f"{RIGHT} weights and biases", f"{RIGHT} params in total", f"{RIGHT - 1378} weights + 1378 biases",
    f"{RIGHT - 1378:,} weights and 1,378 biases = {RIGHT:,}", f"{RIGHT} ({RIGHT - 1378} + 1378)",
    "(23296 + 1)*1378", "(23296+1)×1378", "(23296+1)⨯1378", "(23296+1)х1378", "(23296+1)∗1378", "(23296+1)⋅1378",
    "(23296+1) x 1378", "(23296+1) times 1378", "[23296+1]*1378", "{23296+1}*1378", "(23,296 + 1)*1,378 =",
    f"(23296+1)*1378 = {RIGHT:,}", f"{RIGHT / 10**6}M", f"{RIGHT / 10**6}m", f"{RIGHT / 10**6} Mio.",
    f"{RIGHT / 10**6} million", f"{RIGHT / 1000}k", f"{RIGHT / 10**7}e7", f"{RIGHT / 10**7}*10^7",
    f"{RIGHT / 10**7} x 10^7",
    "2 x 16051633 = 32103266", "32.1M = (23296+1)*1378", "(23296+1)*1378 = 32.1M",
    f"{RIGHT / 10**7}·10⁷", f"{RIGHT / 10**7} × 10^{{7}}", "3,21,03,266",
)  # fmt: skip
UNCLEAR = {
    "320,5": "320,5 is 320.5 in some countries and no number in others; write 320.5",
    "1,23M": "1,23 M is 1.23 M in some countries and no number in others; write 1.23 M",
    "1.234": "1.234 is 1,234 in some countries and a fraction in others; write 1234",
    "(1.000 + 1)*320": "1.000 is 1,000 in some countries and a fraction in others; write 1000",
    "300-340": "from 300 to 340 is a range; give one number",
    "between 300 and 340": "from 300 to 340 is a range; give one number",
    "1,000 to 1,200": "from 1,000 to 1,200 is a range; give one number",
    "320 or 288": "two numbers stand here, 320 or 288; give one",
}


def graded(text: str, key: str = "26x28x32") -> str:
    return Marker(replace(SHAPE, answer=key, mistakes=())).mark(text).outcome


@pytest.mark.parametrize("text", SIZES)
def test_sizes_are_read_alike(text: str) -> None:
    assert graded(text) == "right"
    assert KERAS.typed("c", "shape", text).correct


@pytest.mark.parametrize("text", NAMED_SIZES)
def test_channels_that_are_named_stand_where_they_belong(text: str) -> None:
    assert graded(text) == graded(text, "32x26x28") == "right"
    assert KERAS.typed("c", "shape", text).correct
    assert TORCH.typed("c", "shape", text).correct


@pytest.mark.parametrize("text", NAMED_SIZES)
def test_channels_that_are_named_are_not_taken_for_others(text: str) -> None:
    wrong = text.replace("32", "31")
    assert graded(wrong) == "unknown"
    assert not KERAS.typed("c", "shape", wrong).correct


@pytest.mark.parametrize("text", UNCLEAR_SIZES)
def test_sizes_or_a_calculation(text: str) -> None:
    message = f"{text} may be meant as sizes or as a calculation; write 26x28x32"
    assert (mark := Marker(replace(SHAPE, answer="26x28x32", mistakes=())).mark(text)).outcome == "unclear"
    assert mark.remark == message
    with pytest.raises(SymparamsError, match=message.replace("|", r"\|")):
        KERAS.typed("c", "shape", text)


def test_one_size_is_no_batch() -> None:
    assert graded("(1, 128)", "128") == graded("(128,)", "128") == "right"
    assert graded("(1,)", "1") == graded("(1)", "1") == "right"
    assert graded("28-3+1", "26") == graded("52/2", "26") == "right"


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_read_alike(text: str) -> None:
    assert Marker(replace(NUMBER, value=RIGHT, answer=str(RIGHT), mistakes=())).mark(text).outcome == "right"
    assert KERAS.typed("d", "params", text).correct


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_means_two_things_is_asked_about(text: str) -> None:
    mark = Marker(replace(NUMBER, value=320, answer="320", mistakes=(), points=Fraction(1))).mark(text)
    assert (mark.outcome, mark.remark) == ("unclear", UNCLEAR[text])
    with pytest.raises(SymparamsError) as caught:
        KERAS.typed("c", "params", text)
    assert caught.value.matter == UNCLEAR[text]


def test_a_product_in_front_of_brackets_stays_one() -> None:
    asked = replace(NUMBER, value=320, answer="320", mistakes=())
    assert Marker(asked).mark("32 (9 + 1)").outcome == Marker(asked).mark("320 (288 + 32)").outcome == "right"
    assert Marker(asked).mark("320 (288 + 31)").outcome == "unknown"


def test_letters_of_the_network_stay_letters() -> None:
    known = Diagnostician(net("input(H, W, m) -> conv(F, 3) as c"))
    assert known.typed("c", "params", "(9m + 1)F").correct
    assert known.typed("c", "shape", "(H-2) x (W-2) x F").correct
    assert not known.typed("c", "params", "1.2m").correct


def test_sides_that_differ_by_more_than_rounding() -> None:
    with pytest.raises(SymparamsError, match="the two sides differ: 590,000 is on the left, 589,824,000 on the right"):
        KERAS.typed("c", "params", "0.59M = 589824k")
    with pytest.raises(SymparamsError, match=r"the two sides differ: 0\.5 is on the left, 3 on the right"):
        KERAS.typed("c", "params", "1/2 = 3")


@given(st.text(alphabet=st.characters(), max_size=40))
def test_places_stay_where_they_are(text: str) -> None:
    plain = in_plain_characters(text)
    assert len(plain) == len(without_frame(plain)) == len(bare(text)) == len(text)
    with suppress(SymparamsError):
        assert len(typed_sizes(Source("answer", text), (), 3, plain)) == len(text)


@pytest.mark.parametrize(
    "text",
    ["1" + " " * 997 + "x", "1 " * 499, "a=1," * 249, "12 " + " " * 980 + "12 channelz", "the " * 249, "x" * 999],
)
def test_long_texts_are_read_in_one_go(text: str) -> None:
    assert graded(text) in ("unread", "unknown")
    with suppress(SymparamsError):
        KERAS.typed("c", "shape", text)
