"""Answers as people type them: with units, in thousands, with both sides of an equation."""

from __future__ import annotations

import pytest

from symparams.algebra.formula import Value
from symparams.algebra.simplification import simplified
from symparams.errors import SymparamsError
from symparams.quantities.settings import Settings
from symparams.questions.diagnosis import Diagnosis, Diagnostician
from tests.helpers import net

NETWORK = Diagnostician(net("input(28, 28, 32) -> conv(63, 3, s=2)"))


def diagnosed(text: str, quantity: str = "params", layer: str | None = "conv_1") -> Diagnosis:
    return NETWORK.typed(layer, quantity, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18207 parameters", 18_207),
        ("18,207 total params.", 18_207),
        ("$18207$", 18_207),
        ("`18207`", 18_207),
        ("about 18207", 18_207),
        ("~18207", 18_207),
        ("P = 18207", 18_207),
        ("total params = 18207", 18_207),
        ("= 630", 630),
        ("(3*3+1)*63 = 630", 630),
        ("630 = (3*3+1)*63", 630),
        ("(3x3x32+1)x63", 18_207),
        ("(3x3x32 + 1) x 63", 18_207),
        ("3x3x32x63", 18_144),
        ("kxkxC_inxF + F", 18_207),
        ("(kxkxC_in + 1)xF", 18_207),
        ("Fx(kxkxC_in + 1)", 18_207),
        ("(k*k*C_in + 1)*F parameters", 18_207),
        ("1.5e8", 150_000_000),
        ("2e4", 20_000),
        ("133M", 133_000_000),
        ("18k", 18_000),
        ("18.2 K", 18_200),
        ("0.6 thousand", 600),
        ("1.5 billion", 1_500_000_000),
        ("1.234.567", 1_234_567),
        ("2k + 1", 7),
        ("(k*k*C_in*stride + 1)*filters", 36_351),
        ("dilation*kernel", 3),
    ],
)
def test_a_number_is_understood(text: str, value: Value) -> None:
    (answer,) = diagnosed(text).answer
    assert simplified(answer) == value


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("13 13 63", (13, 13, 63)),
        ("[13 13 63]", (13, 13, 63)),
        ("Fx13x13", (63, 13, 13)),
        ("13x13xF", (13, 13, 63)),
        ("shape = (13, 13, 63)", (13, 13, 63)),
        ("13 x 13 x 63", (13, 13, 63)),
        ("13x13x63 = 10647", (13, 13, 63)),
        ("13x13x63 = (13, 13, 63)", (13, 13, 63)),
    ],
)
def test_a_shape_is_understood(text: str, sizes: tuple[int, ...]) -> None:
    assert tuple(map(simplified, diagnosed(text, "shape").answer)) == sizes


ROUNDED = "; the right number, 18,207, is that when it is rounded in this way"
CUT = "; the right number, 18,207, is that when the digits behind are dropped"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("18k", f"the answer is read as 18,000{ROUNDED}"),
        ("18.2 thousand", f"the answer is read as 18,200{ROUNDED}"),
        ("about 18200", f"the answer is rounded{ROUNDED}"),
        ("1.8e4", f"the answer is read as 18,000{ROUNDED}"),
        ("about 18000", f"the answer is rounded{ROUNDED}"),
        ("18.20k", f"the answer is read as 18,200{CUT}"),
        ("18207", ""),
        ("about 18207", ""),
    ],
)
def test_a_rounded_number_may_be_the_right_one(text: str, note: str) -> None:
    diagnosis = diagnosed(text)
    assert diagnosis.correct
    assert diagnosis.rounded == bool(note)
    assert diagnosis.note == note
    assert not diagnosis.matches


@pytest.mark.parametrize(
    ("text", "note", "names"),
    [
        ("17k", "the answer is read as 17,000", []),
        ("about 17000", "", []),
        ("18.3k", "the answer is read as 18,300", []),
        ("18.0k", "the answer is read as 18,000", []),  # whoever writes the zero means it
        ("about 20k", "the answer is read as 20,000", ["a bias for each kernel"]),  # a tenth away, but 20,160 is near
        ("18200", "", []),  # nothing says that it is rounded
    ],
)
def test_another_rounded_number_is_wrong(text: str, note: str, names: list[str]) -> None:
    diagnosis = diagnosed(text)
    assert not diagnosis.correct
    assert diagnosis.note == note
    assert [match.made[0].name for match in diagnosis.matches] == names


def test_a_rounded_number_is_explained_by_what_it_is_near_to() -> None:
    assert [m.made[0].name for m in diagnosed("0.63k").matches] == ["input channels left out"]
    assert diagnosed("2.6 KiB", "memory").matches == ()


VGG = (
    "input(224, 224, 3) -> [conv(64, 3, same)] * 2 -> maxpool(2) -> [conv(128, 3, same)] * 2 -> maxpool(2) "
    "-> [conv(256, 3, same)] * 3 -> maxpool(2) -> [conv(512, 3, same)] * 3 -> maxpool(2) -> [conv(512, 3, same)] * 3 "
    "-> maxpool(2) -> flatten -> dense(4096) -> dense(4096) -> dense(1000)"
)  # 138,357,544 parameters, of which 14,714,688 are in the convolutions
WORDS = "input(64) -> embedding(30000, 512) as words -> [attention(8)] * 2 -> tied(@words, bias=no)"  # 17,461,248


@pytest.mark.parametrize(
    ("network", "text", "quantity"),
    [
        (VGG, "138 million", "params"),
        (VGG, "about 138M parameters", "params"),
        (VGG, "1.38e8", "params"),
        (VGG, "138.3M", "params"),
        (VGG, "about 140 million", "params"),
        (VGG, "553 MB", "memory"),
        (VGG, "528 MB", "memory"),  # of 1,024 times 1,024 bytes
        (WORDS, "17.5M", "params"),
        ("input(1000) -> dense(1095)", "1.1M", "params"),
        ("input(1000) -> dense(1097)", "110e4", "params"),
    ],
)
def test_a_rounded_total_may_be_the_right_one(network: str, text: str, quantity: str) -> None:
    found = Diagnostician(net(network)).typed(None, quantity, text)
    assert found.correct
    assert found.rounded
    assert "the right number" in found.note


@pytest.mark.parametrize(
    ("network", "text", "quantity", "name", "layers"),
    [
        (VGG, "14.7M", "params", "layer left out", ["dense_1", "dense_2", "dense_3"]),
        (VGG, "about 14.7 million", "params", "layer left out", ["dense_1", "dense_2", "dense_3"]),
        (VGG, "124M", "params", "layer left out", [f"conv_{n}" for n in range(1, 14)]),
        (VGG, "138.34M", "params", "biases left out", None),
        (VGG, "138 MB", "memory", "bytes of a number left out", None),
        (WORDS, "32.8M", "params", "tied matrix counted again", ["tied_1"]),
    ],
)
def test_a_rounded_total_is_explained_by_what_it_is_near_to(
    network: str, text: str, quantity: str, name: str, layers: list[str] | None
) -> None:
    found = Diagnostician(net(network)).typed(None, quantity, text)
    assert not found.correct
    assert found.matches[0].made[0].name == name
    assert layers is None or [term.layer for term in found.matches[0].terms] == layers


def test_a_total_that_is_far_from_the_right_one_is_not_it() -> None:
    for text in ("about 100 million", "133M", "140.1M", "500 MB"):
        found = Diagnostician(net(VGG)).typed(None, "memory" if "MB" in text else "params", text)
        assert not found.correct


def test_units_of_bytes() -> None:
    assert simplified(diagnosed("71.12 KiB", "memory").answer[0] * 100) == 7_282_688
    assert diagnosed("72828 bytes", "memory").correct
    assert diagnosed("18207", layer=None).correct
    assert diagnosed("72828 B", "memory", None).correct


def test_a_letter_of_the_network_is_no_thousand() -> None:
    open_kernel = Diagnostician(net("input(28, 28, 32) -> conv(63, k)"))
    diagnosis = open_kernel.typed("conv_1", "params", "18k")
    assert str(simplified(diagnosis.answer[0] / 18)) != "1000"
    assert diagnosis.note == ""


@pytest.mark.parametrize(
    ("text", "quantity", "message"),
    [
        ("18.207", "params", "answer:1:1: 18.207 is 18,207 in some countries and a fraction in others; write 18207"),
        ("1.234,5", "params", "answer:1:1: 1.234,5 is 1234.5 in some countries and no number in others; write 1234.5"),
        (
            "13x13x63 = 13x13x64",
            "shape",
            "answer:1:12: the two sides differ: 13 × 13 × 63 is on the left, 13 × 13 × 64 on the right",
        ),
        (
            "13x13x63 = 10646",
            "shape",
            "answer:1:12: the two sides differ: 13 × 13 × 63 is on the left, 10646 on the right",
        ),
        ("18207 = 18208", "params", "answer:1:9: the two sides differ: 18,207 is on the left, 18,208 on the right"),
        ("9*32 = 288 = 290", "params", "answer:1:14: the two sides differ: 288 is on the left, 290 on the right"),
        ("93MB", "params", "answer:1:3: this is a number of bytes, but no bytes are asked for"),
        ("13x13x63", "params", "answer:1:3: one number is expected for the parameters of conv_1, not sizes"),
        ("strode", "params", "answer:1:1: nothing here is called `strode`; the letters here are k_h, k_w"),
    ],
)
def test_what_cannot_be_meant(text: str, quantity: str, message: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        diagnosed(text, quantity)
    assert str(caught.value).startswith(message)


def test_settings_do_not_matter() -> None:
    other = Diagnostician(net("input(8) -> dense(4)"), Settings(flops="every-operation"))
    assert other.typed("dense_1", "flops", "2*8*4 + 4 = 68 FLOPs").correct
