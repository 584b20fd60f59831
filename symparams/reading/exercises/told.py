"""What an exercise tells of a layer, and how the architecture language writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

WINDOWS = ("kernel", "size", "window")  # words for the size of what moves over an image; the last: a bare 3x3


class Kind(NamedTuple):
    """A kind of layer that exercises name."""

    call: str  # its name in the language
    needed: tuple[str, ...] = ()  # what must be told, in the order of the call
    further: tuple[str, ...] = ()  # what may be told

    def own(self, what: str) -> str:
        """Its own name for a setting that a text tells; empty if it has none such.

        Whatever has a window is told of by the same words, and the filters of a convolution are called units, too.
        """
        if what in WINDOWS:
            return next((one for one in WINDOWS if one in self.needed), "")
        if what in ("classes", "outputs"):
            return "units" if self.call == "dense" else ""
        if what in ("units", "one") and "filters" in self.needed:
            what = "filters"
        return what if what in self.needed or what in self.further else ""


KINDS: Mapping[str, Kind] = {
    "conv": Kind("conv", ("filters", "kernel"), ("stride", "padding", "dilation", "groups", "bias")),
    "separable": Kind("separable", ("filters", "kernel"), ("stride", "padding", "bias")),
    "depthwise": Kind("depthwise", ("kernel",), ("stride", "padding", "bias")),
    "transposed": Kind("tconv", ("filters", "kernel"), ("stride", "padding", "bias")),
    "max": Kind("maxpool", ("size",), ("stride", "padding")),
    "average": Kind("avgpool", ("size",), ("stride", "padding")),
    "global": Kind("globalavgpool"),
    "dense": Kind("dense", ("units",), ("bias",)),
    "lstm": Kind("lstm", ("units",), ("bias", "bidirectional")),
    "gru": Kind("gru", ("units",), ("bias", "bidirectional")),
    "rnn": Kind("rnn", ("units",), ("bias", "bidirectional")),
    "embedding": Kind("embedding", ("vocabulary", "width")),
    "attention": Kind("attention", ("heads",), ("width", "bias")),
    "encoder": Kind("nn.TransformerEncoderLayer", ("width", "heads"), ("inner",)),
    "norm": Kind("batchnorm"),
    "pad": Kind("zeropad", ("padding",)),
    "flatten": Kind("flatten"),  # what a dense layer reads of which nothing else is told
}
RECURRENT = ("lstm", "gru", "rnn")
WINDOWED = ("conv", "separable", "depthwise", "transposed", "max", "average", "global")
_AXES = 3  # of an image
_SPELLED = {"inner": "dim_feedforward"}  # settings whose names in the call are others
_FLAGS = {"bias": "bias=no", "bidirectional": "bidirectional"}


SPOKEN: Mapping[str, str] = {  # the settings that a layer needs, as people call them
    "filters": "number of filters",
    "kernel": "kernel size",
    "size": "window size",
    "units": "number of units",
    "vocabulary": "vocabulary size",
    "width": "width of the vectors",
    "heads": "number of heads",
    "padding": "padding",
}


@dataclass(slots=True)
class Told:
    """A layer that an exercise tells of."""

    kind: str  # a name in KINDS
    at: int  # where it is named in the text
    is_referred: bool = False  # whether the text points at a layer: "this layer", "the hidden layer"
    settings: dict[str, str] = field(default_factory=dict)  # by name, as the language writes them
    usual: dict[str, str] = field(default_factory=dict)  # what holds where nothing else is told: one filter

    @property
    def is_whole(self) -> bool:
        """Whether all is told that the layer needs."""
        return not self.lacks

    @property
    def lacks(self) -> list[str]:
        """What the layer needs and is not told."""
        return [one for one in KINDS[self.kind].needed if one not in self.settings]


def written(arriving: str, layers: Sequence[Told]) -> str:
    """A network in the language; `arriving` is its input."""
    return " -> ".join([arriving, *_calls(layers, is_image=arriving.count(",") == _AXES - 1)])


def _calls(layers: Sequence[Told], *, is_image: bool) -> Iterator[str]:
    """Each layer as a call, in a row where a dense layer takes what an image has."""
    for i, layer in enumerate(layers):
        if layer.kind == "dense" and is_image:
            yield "flatten"
        if layer.kind in WINDOWED:
            is_image = layer.kind != "global"
        elif layer.kind != "norm":
            is_image = False
        is_read = any(one.kind in RECURRENT for one in layers[i + 1 :])
        yield _call(layer, sequences=is_read and layer.kind in RECURRENT)


def _call(layer: Told, *, sequences: bool) -> str:
    kind = KINDS[layer.kind]
    arguments = [layer.settings[one] for one in kind.needed]
    for one in kind.further:
        if one in layer.settings and one != "width":
            value = layer.settings[one]
            arguments.append(_FLAGS[one] if one in _FLAGS else f"{_SPELLED.get(one, one)}={value}")
    if sequences:
        arguments.append("sequences")
    return f"{kind.call}({', '.join(arguments)})" if arguments else kind.call
