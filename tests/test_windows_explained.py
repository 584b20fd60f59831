"""What is said of windows, filters and amounts is true at the edges, too: one channel, kernel 1, nothing added."""

from __future__ import annotations

import re
from itertools import product

import pytest

from symparams.model.layer import Rules
from symparams.model.network import Node
from tests.helpers import net


def last(text: str) -> Node:
    return net(text).nodes[-1]


def rules(text: str) -> Rules:
    return last(text).derived.rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "input(9, 9, 32) -> conv(8, 3)",
            (
                "a filter looks at all 32 input channels at once, so it is a 3 × 3 × 32 block, not a 3 × 3 square; "
                "its products are summed to one value, and a bias is added"
            ),
        ),
        (
            "input(9, 9, 1) -> conv(8, 3, bias=no)",
            (
                "a filter is a 3 × 3 kernel, since there is only one input channel; its products are summed to one "
                "value; there is no bias"
            ),
        ),
        (
            "input(9, 1) -> conv(8, 3)",
            (
                "a filter is a kernel of size 3, since there is only one input channel; its products are summed to one "
                "value, and a bias is added"
            ),
        ),
        (
            "input(9, 1) -> conv(8, 1)",
            "a filter is a single weight, since there is only one input channel, and a bias is added",
        ),
        (
            "input(9, 9, 6) -> conv(8, 1, groups=2)",
            (
                "a filter has one weight for each of the 6/2 = 3 input channels of its group; its products are summed "
                "to one value, and a bias is added"
            ),
        ),
        (
            "input(9, 9, 6) -> conv(6, 3, groups=6)",
            (
                "a filter is a 3 × 3 kernel, since it sees only one input channel; its products are summed to one "
                "value, and a bias is added"
            ),
        ),
        (
            "input(4, 9, 9, C) -> conv(8, (1, 3, 3))",
            (
                "a filter looks at all C input channels at once, so it is a 1 × 3 × 3 × C block, not a 1 × 3 × 3 box; "
                "its products are summed to one value, and a bias is added"
            ),
        ),
        (
            "input(9, 9, 6) -> depthwise(3)",
            (
                "each of the 6 input channels has a 3 × 3 kernel of its own, and no kernel sees another channel. "
                "The products of a kernel are summed to one value, and a bias is added"
            ),
        ),
        (
            "input(9, 9, 1) -> depthwise(3, m=2, bias=no)",
            (
                "the only input channel has 2 kernels of its own, of size 3 × 3 each. "
                "The products of a kernel are summed to one value; there is no bias"
            ),
        ),
        (
            "input(9, 6) -> depthwise(1)",
            "each of the 6 input channels is multiplied by one weight of its own, and a bias is added",
        ),
        (
            "input(9, 1) -> tconv(8, 3)",
            "a filter has a kernel of size 3 for the only input channel that it sees, plus one bias",
        ),
        (
            "convention torch input(6, 9, 9) -> tconv(4, 1, groups=2, bias=no)",
            "a filter has one weight for each of the 3 input channels of its group; there is no bias",
        ),
    ],
)
def test_what_a_filter_is_made_from(text: str, said: str) -> None:
    assert str(rules(text).because) == said


def test_what_is_said_of_all_layers_does_not_speak_of_one_channel() -> None:
    because = rules("input(9, 9, 1) -> conv(8, 1)").because
    assert not isinstance(because, str)
    assert because.in_general().text == (
        "a filter looks at all {seen} input channels at once, so it is a {block} block; its products are summed to one "
        "value, and a bias is added"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "input(75, 75, 3) -> maxpool(2)",
            (
                "the window starts at the edge of the input and moves 2 positions at a time, as long as it fits "
                "inside: it starts at 0, 2, 4 and so on up to 72. After the starting position there is room for "
                "(75 − 2)/2 = 36.5 steps, so for 36 whole steps, and the last row and the last column are not covered; "
                "the + 1 counts the starting position"
            ),
        ),
        (
            "convention torch input(3, 8, 9) -> conv(8, 3, s=(1, 2), p=(0, 1), dilation=(1, 2))",
            (
                "the dilated kernel spans 3 positions along the height and 2(3 − 1) + 1 = 5 positions along the width. "
                "It starts at the edge of the input, padded by 1 position at each end of the width, and moves 1 "
                "position at a time along the height and 2 positions at a time along the width, as long as it fits "
                "inside. After the starting position there is room for (9 + 2·1 − (2(3 − 1) + 1))/2 = 3 steps along "
                "the width; the + 1 counts the starting position"
            ),
        ),
        (
            "input(4, 4, 3) -> maxpool(3)",
            (
                "the window starts at the edge of the input and moves 3 positions at a time, as long as it fits "
                "inside. After the starting position there is room for (4 − 3)/3 = 1/3 steps, so for no whole step, "
                "and the last row and the last column are not covered; the + 1 counts the starting position"
            ),
        ),
        (
            "convention torch input(3, 13, 13) -> maxpool(2, s=3, ceil)",
            (
                "the window starts at the edge of the input and moves 3 positions at a time, as long as it fits "
                "inside, and once more for a remaining part that starts inside the input (ceil_mode=True): it starts "
                "at 0, 3, 6 and so on up to 12. After the starting position there is room for (13 − 2)/3 = 11/3 "
                "steps, rounded up to 4 steps; the + 1 counts the starting position"
            ),
        ),
        (
            "input(9, 3) -> conv(8, 1, same)",
            "with stride 1 the kernel is applied at every position, so the size stays the same",
        ),
        (
            "input(9, 3) -> conv(8, 4, same)",
            (
                "'same' padding adds 4 − 1 = 3 positions along the length (1 before, 2 after). "
                "With stride 1 the kernel is applied at every position, so the size stays the same"
            ),
        ),
        (
            "input(28, 9, 3) -> conv(8, 2, same, s=(2, 1))",
            (
                "with 'same' padding there is one output value for every 2 positions along the height, rounded up; "
                "the padding is 2 − 1 = 1 position along the width (0 before, 1 after)"
            ),
        ),
        (
            "input(28, 28, 3) -> conv(8, 2, same, s=2)",
            (
                "with 'same' padding there is one output value for every 2 input positions, rounded up; "
                "no padding is needed for that"
            ),
        ),
        (
            "input(H, 28, 3) -> conv(8, 2, same, s=2)",
            "with 'same' padding there is one output value for every 2 input positions, rounded up",
        ),
        (
            "input(9, 3) -> conv(8, 1, causal, s=2)",
            (
                "causal padding adds nothing, since the kernel has size 1; "
                "there is one output value for every 2 input positions, rounded up"
            ),
        ),
    ],
)
def test_how_a_window_slides(text: str, said: str) -> None:
    reason = str(rules(text).shape_reason)
    assert (
        reason.removesuffix(". Each filter produces one output channel").removesuffix(
            ". Each channel is pooled by itself, so the number of channels stays the same"
        )
        == said
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input(9, 9, 3) -> zeropad(0)", "the border is empty, so the size stays the same"),
        (
            "input(9, 9, 3) -> zeropad(((0, 2), (1, 0)))",
            "padding adds 2 positions at the end of the height and 1 position at the start of the width",
        ),
        (
            "input(9, 9, 3) -> crop(((1, 2), (1, 2)))",
            "cropping removes 1 position at the start and 2 at the end of the height and the width",
        ),
        ("input(9, 9, 3) -> upsample((1, 3))", "upsampling multiplies the width by 3"),
        (
            "input(9, 9, 3) -> adaptiveavgpool((3, 1))",
            (
                "the output size is given, and the windows follow from it: 3 windows of 9/3 = 3 positions each lie "
                "side by side along the height and one window covers all 9 positions of the width"
            ),
        ),
        (
            "input(13, 3) -> adaptiveavgpool(6)",
            (
                "the output size is given, and the windows follow from it: window number i, counted from 0, starts at "
                "position ⌊i·13/6⌋ and ends before position ⌈(i + 1)·13/6⌉ along the length"
            ),
        ),
        (
            "input(9, 3) -> tconv(8, 2, s=3)",
            (
                "each input value adds a copy of the kernel, multiplied by that value, to the output; the copies start "
                "3 positions apart. The last copy starts (9 − 1)·3 = 24 positions after the first and covers 2 "
                "positions along the length. Keras extends the output by 3 − 2 = 1 position along the length, since "
                "the stride is larger than the kernel (PyTorch does not). Each filter produces one output channel"
            ),
        ),
        (
            "convention torch input(3, 9) -> tconv(8, 3, s=2, p=1, output_padding=1)",
            (
                "each input value adds a copy of the kernel, multiplied by that value, to the output; the copies start "
                "2 positions apart, and overlapping values are summed. The last copy starts (9 − 1)·2 = 16 positions "
                "after the first and covers 3 positions along the length. The padding removes 1 position at each end "
                "of the length. The output padding adds 1 position at the end of the length. Each filter produces one "
                "output channel"
            ),
        ),
        ("input(4, 6) -> permute(1, 2)", "the axes keep their order"),
        ("input(4, 6) -> permute(2, 1)", "the axes are put in another order, each with its size"),
    ],
)
def test_how_a_size_comes_about(text: str, said: str) -> None:
    assert str(rules(text).shape_reason) == said


@pytest.mark.parametrize(("n", "k", "s", "d"), [*product(range(1, 9), (1, 2, 3, 4), (2, 3), (1,)), (8, 3, 1, 2)])
def test_same_padding_adds_as_much_as_the_windows_reach_out(n: int, k: int, s: int, d: int) -> None:
    """The windows that there must be are laid down one by one; half of what they lack stands before."""
    text = f"input({n}, 1) -> conv(1, {k}, same, s={s}, dilation={d})"
    windows = len(range(0, n, s))
    lacking = max((windows - 1) * s + d * (k - 1) + 1 - n, 0)
    found = re.search(r"\((\d+) before, (\d+) after\)", str(rules(text).shape_reason))
    assert (0, 0) if found is None else tuple(map(int, found.groups())) == (lacking // 2, lacking - lacking // 2)
    assert (found is None) == (lacking == 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "input(9, 9, 3) -> conv(8, 3)",
            ["the size of the image, 9 × 9, does not matter: the same filter is used at every position"],
        ),
        (
            "input(4, 9, 9, 3) -> conv(8, 3, s=2)",
            [
                "the size of the volume, 4 × 9 × 9, does not matter: the same filter is used at every position",
                "the stride does not matter: it only changes the output size",
            ],
        ),
        (
            "input(T, 3) -> conv(8, 3) -> depthwise(3, dilation=2)",
            [
                "the length of the sequence does not matter: the same kernel is used at every position",
                "dilation only spreads the weights of a kernel apart; it adds none",
            ],
        ),
        (
            "input(1, 9, 9, 3) -> convlstm(8, 3)",
            ["the size of the image, 9 × 9, does not matter: the same filter is used at every position"],
        ),
    ],
)
def test_what_does_not_enter(text: str, said: list[str]) -> None:
    assert list(map(str, rules(text).ignores)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input(9, 9, 6) -> depthwise(1)", "each of the 9·9·6 = 486 output values is one product"),
        (
            "input(9, 9, 6) -> separable(4, 3, m=2)",
            (
                "the first step computes 7·7·6·2 = 588 values with 3·3 = 9 products each, within one channel. The "
                "second step computes 7·7·4 = 196 output values with 6·2 = 12 products each, one for each channel"
            ),
        ),
        (
            "convention torch input(6, 9, 9) -> tconv(4, 3, groups=2)",
            (
                "each of the 9·9·6 = 486 input values is multiplied by 3·3·4/2 = 18 weights, the kernel of its channel "
                "in every filter of its group"
            ),
        ),
    ],
)
def test_values_times_products(text: str, said: str) -> None:
    assert str(last(text).derived.work.because) == said
