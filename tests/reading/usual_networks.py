"""Random networks of the layers that most networks have, in the texts that tests begin with."""

from __future__ import annotations

from hypothesis import strategies as st

_WIDTHS = st.sampled_from([1, 3, 8, 10, 16, 30, 32, 45, 64, 100, 128])


@st.composite
def usual(draw: st.DrawFn, convention: str) -> str:
    """The text of a network: an image, a sequence or features, some layers, a head."""
    start = draw(st.sampled_from([_image, _image, _sequence, _tokens, _features]))
    items = [*start(draw, convention), *_head(draw)]
    return f"convention {convention}\n{' -> '.join(items)}"


def _image(draw: st.DrawFn, convention: str) -> list[str]:
    side, channels = draw(st.integers(20, 70)), draw(st.sampled_from([1, 3, 4]))
    sizes = (side, side, channels) if convention == "keras" else (channels, side, side)
    items = [f"input{sizes}"]
    for _ in range(draw(st.integers(1, 3))):
        items += draw(st.sampled_from([_convolution, _convolution, _deep]))(draw, convention)
        if draw(st.booleans()):
            items += [draw(st.sampled_from(["maxpool(2)", "avgpool(2)", "dropout(0.25)", "upsample(2)"]))]
    return [
        *items,
        draw(st.sampled_from(["flatten", "flatten", "globalavgpool" if convention == "keras" else "flatten"])),
    ]


def _convolution(draw: st.DrawFn, convention: str) -> list[str]:
    kernel, filters = draw(st.sampled_from([1, 3, 3, 5])), draw(st.sampled_from([4, 6, 8, 16, 20, 32]))
    same = ", same" if convention == "keras" else f", p={kernel // 2}"
    more = draw(st.sampled_from(["", same, ", s=2", f"{same}, s=2", ", bias=no"]))
    return [f"conv({filters}, {kernel}{more})", *draw(st.sampled_from([[], ["relu"], ["bn"], ["bn", "relu"]]))]


def _deep(draw: st.DrawFn, convention: str) -> list[str]:
    """A step of MobileNet, or one upward."""
    if convention == "keras":
        return [
            draw(st.sampled_from(["depthwise(3, same)", "separable(12, 3)", "tconv(6, 3, s=2, same)", "zeropad(1)"]))
        ]
    return [draw(st.sampled_from(["tconv(6, 4, s=2, p=1)", "zeropad(1)", "maxpool(3, s=2, p=1)"]))]


def _sequence(draw: st.DrawFn, convention: str) -> list[str]:
    steps, width = draw(st.integers(6, 40)), draw(_WIDTHS)
    sizes = (steps, width) if convention == "keras" else (width, steps)
    items = [f"input{sizes}"]
    for _ in range(draw(st.integers(1, 2))):
        items += [f"conv({draw(_WIDTHS)}, 3)", *draw(st.sampled_from([[], ["relu"], ["maxpool(2)"]]))]
        if draw(st.booleans()):
            break
    return [*items, *(_memory(draw) if convention == "keras" else ["flatten"])]


def _memory(draw: st.DrawFn) -> list[str]:
    kind, units = draw(st.sampled_from(["lstm", "gru", "rnn"])), draw(st.sampled_from([8, 16, 50, 64]))
    first = [f"{kind}({units}, sequences)"] * draw(st.integers(0, 1))
    return [*first, draw(st.sampled_from([f"{kind}({units})", f"bidirectional({kind}({units}))"]))]


def _tokens(draw: st.DrawFn, convention: str) -> list[str]:
    items = [f"input({draw(st.integers(5, 60))})", f"embedding({draw(st.integers(50, 9000))}, {draw(_WIDTHS)})"]
    return [*items, *(_memory(draw) if convention == "keras" else ["flatten"])]


def _features(draw: st.DrawFn, convention: str) -> list[str]:
    return [f"input({draw(st.integers(2, 900))})", f"dense({draw(_WIDTHS)})", "relu"]


def _head(draw: st.DrawFn) -> list[str]:
    items = []
    for _ in range(draw(st.integers(0, 2))):
        items += [f"dense({draw(_WIDTHS)})", *draw(st.sampled_from([[], ["relu"], ["dropout(0.5)"], ["relu", "bn"]]))]
    return [*items, f"dense({draw(st.sampled_from([1, 2, 10, 43, 100]))})"]
