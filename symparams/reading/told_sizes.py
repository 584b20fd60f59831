"""The sizes of a network's inputs that prose tells: "on 28 x 28 RGB images", "a tensor of shape (8, 64, 45, 60)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symparams.algebra.formula import Number, Symbol, Value
from symparams.errors import Span
from symparams.layers.embedding import Embedding
from symparams.model.framework import Arriving
from symparams.model.network import Network, Node
from symparams.quantities.named_layers import numbers_given
from symparams.reading.doubts import written_in
from symparams.reading.setting_words import arriving_in
from symparams.sources import records as r

_BLANK = r"\s{0,3}"
_SHAPE = (
    rf"(\(\s{{0,3}}(?:None|\?|-1|batch(?:_size)?|[NB]|\d{{1,9}})(?:{_BLANK},{_BLANK}\d{{1,9}}){{0,4}},?{_BLANK}\)"
    rf"|\d{{1,9}}(?:{_BLANK}[x×*]{_BLANK}\d{{1,9}}){{1,4}})"
)
# "on input (100, 32)", "my input shape is 28 x 28 x 1", "a tensor of shape (8, 64, 45, 60)"
_CALLED = re.compile(
    r"\b(?:inputs?|tensor|batch|feature\s?maps?|features|samples|examples|images?|x(?= (?:has|is|of|with) ))"
    r"(?:[ _](?:shape|size|is|are|has|have|of|with|tensor|sequence|image|data|a|an|the)){0,5}"
    rf"{_BLANK}[:=]?{_BLANK}{_SHAPE}",
    re.IGNORECASE,
)
# "a 32x32x3 image", "28 x 28 x 64 feature maps"
_BEFORE = re.compile(
    rf"(?<![\d.x×*,(])(?:(\d{{1,9}}(?:{_BLANK}[x×]{_BLANK}\d{{1,9}}){{2,3}}))(?:[ -](?:RGB|color|gr[ae]y))?[ -]"
    r"(?:inputs?|tensors?|feature[ -]?maps?|images?|volumes?)\b",
    re.IGNORECASE,
)
_DATA = re.compile(  # torch.randn(8, 3, 64, 64), np.zeros((8, 64, 64, 3))
    r"\b(?:torch|np(?:\.random)?|tf(?:\.random)?)\.(?:randn?|zeros|ones|empty|normal|uniform|random)"
    r"\(\s{0,3}[(\[]?\s{0,3}((?:\d{1,6}\s{0,3},\s{0,3}){1,4}\d{1,6})"
)
_IMAGE = r"(?:feature[\s-]?maps?|images?|pictures?|photos?|frames|inputs?|resolution|crops|scans|spatial\s+size)"
_PAIR = rf"(?<![\d.x×*])(\d{{2,5}}){_BLANK}(?:[x×*]|by){_BLANK}(\d{{2,5}})(?!{_BLANK}[x×*]{_BLANK}\d|\d)"
_OTHER = r"(?!kernel|filter|conv|pool|window|stride|output|from|to\b)"  # words between that speak of something else
# "the feature map is 20x20", "32 RGB images of size 224 x 224"; "on 224 x 224 color images"
_PAIRS = (
    re.compile(rf"\b{_IMAGE}(?:[ ,:=(]{{1,3}}{_OTHER}[a-z]{{1,12}}){{0,4}}[ :=(]{{1,3}}{_PAIR}", re.IGNORECASE),
    re.compile(rf"{_PAIR}(?:[ -]{{1,2}}{_OTHER}[a-z]{{1,12}}){{0,3}} {_IMAGE}", re.IGNORECASE),
    re.compile(rf"\bstart(?:s|ing)? (?:out )?(?:with|from) (?:an? )?{_PAIR.replace('2,5', '1,5')}", re.IGNORECASE),
)
_MADE = re.compile(
    r"(?:\b(?:yields?|gives?|becomes?|produces?|outputs?|returns?|into)"
    r"|(?<!\bit )(?<!\bthat )(?<!\bwhich )(?<!\blayer )(?<!\bnetwork )(?<!\bmodel )\b(?:gets?|got))"
    r"\s+(?:an?\s+|the\s+)?$",
    re.I,
)  # what a layer gets is its input, what somebody gets is a result
_NEAR = 20  # characters before a size that say whether it is one of an output
_LENGTHS = (  # "sequences of length 30", "a sequence length of 75"; "75 time steps", "200 tokens"
    re.compile(r"\blength(?:s)?(?: (?:of|is|are|=|:)){0,2} {0,2}[=:]? {0,2}(\d{1,6})(?![\d.,]\d|\w)", re.IGNORECASE),
    re.compile(r"(?<![\w.])(\d{1,6})(?: time[ -]?|[ -])(?:steps|tokens|words|frames|samples|characters)\b", re.I),
)
_UNITS = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:,\d{3})+|\d{1,6})\s(?:hidden\s|memory\s|recurrent\s)?(?:units|neurons)\b", re.I
)
_COUNTED = re.compile(r"[=+]")  # behind a product, which is no shape: 5 x 5 x 16 = 400
_WHAT: tuple[Arriving, ...] = ("channels", "features")
_ALONE = 2  # nodes of a network of one layer: the input and the layer
_DATASETS: tuple[tuple[str, tuple[int, int, int]], ...] = (  # the height, width and channels of their images
    (r"(?:Fashion[- ]?|[EK]|Q)?MNIST", (28, 28, 1)),
    (r"CIFAR[- ]?100?|SVHN", (32, 32, 3)),
    (r"STL[- ]?10", (96, 96, 3)),
    (r"(?<!tiny[ -])(?<!tiny)ImageNet", (224, 224, 3)),
)
_COLORS = {3: r"\b(?:RGB|colou?r(?:ed)?)\b", 1: r"\bgr[ae]y[- ]?scale\b"}  # channels of an image


def told(prose: str, network: Network, code: str = "") -> tuple[r.Let, ...]:
    """Values for the letters of the inputs that fit what is told of them; else those of data that code makes."""
    values = _letters(prose, network)
    shapes = [one for one in written_in(prose) if one.kind == "shape"]
    written = [_numbers(one.text) for one in shapes if not _COUNTED.search(prose[one.at.start : one.at.end + 3])]
    for name, value in _units(prose, network):
        values.setdefault(name, value)
    called = called_inputs(prose) or _data_in(code)
    tables = [node.layer for node in network.nodes if isinstance(node.layer, Embedding)]
    vocabulary = {size for layer in tables for size in numbers_given(layer)}  # 30522 tokens are no length
    for node in network.nodes:
        if node.layer.inputs == "none":
            is_alone = len(network.nodes) == _ALONE
            others = [sizes for sizes in written if is_alone and not _may_leave(network.nodes[-1], sizes)]
            for name, value in _of_input(node, written, called or others, prose, vocabulary):
                values.setdefault(name, value)
            if is_alone:
                for name, value in _arriving(node, prose):
                    values.setdefault(name, value)
    return tuple(r.Let(name, Number(value), Span(0)) for name, value in values.items())


def called_inputs(prose: str) -> list[tuple[int, ...]]:
    """The shapes that prose calls those of an input, as they stand there."""
    return [_numbers(found[1]) for pattern in (_CALLED, _BEFORE) for found in pattern.finditer(prose)]


def _data_in(code: str) -> list[tuple[int, ...]]:
    """The shape of the data that code makes; nothing where there are several shapes."""
    shapes = {tuple(map(int, re.findall(r"\d+", found[1]))) for found in _DATA.finditer(code)}
    return [*shapes] if len(shapes) == 1 else []


def without_products(prose: str) -> str:
    """The prose with blanks in place of sizes of inputs that are written as products: "features of size 29*13"."""
    for found in _CALLED.finditer(prose):
        if "*" in found[1]:
            prose = prose[: found.start(1)] + " " * len(found[1]) + prose[found.end(1) :]
    return prose


def _of_input(
    node: Node,
    written: Sequence[tuple[int, ...]],
    called: Sequence[tuple[int, ...]],
    prose: str,
    vocabulary: set[int],
) -> Iterator[tuple[str, int]]:
    """The letters in the shape of an input, each with its value."""
    fitting = {sizes for sizes in written if _fits(node.shape, sizes)}
    fitting = fitting or {sizes for sizes in called if _fits(node.shape, sizes, called_so=True)}
    if not fitting and len(node.shape) > 2 and node.derived.feature_axis == 0:  # the channels may stand behind
        turned = [(sizes[-1], *sizes[:-1]) for sizes in called if len(sizes) == len(node.shape)]
        fitting = {sizes for sizes in turned if _fits(node.shape, sizes)}
    if not fitting and len(node.shape) > 1:  # the batch may stand before it
        fitting = {sizes[1:] for sizes in written if _fits(node.shape, sizes[1:])}
        fitting = fitting or {sizes[1:] for sizes in called if _fits(node.shape, sizes[1:], called_so=True)}
    if len(fitting) == 1:
        pairs = zip(node.shape, fitting.pop(), strict=True)
        yield from ((size.name, value) for size, value in pairs if isinstance(size, Symbol))
        return
    letters = [size.name for size in node.shape if isinstance(size, Symbol)]
    if {"H", "W"} <= {*letters}:
        found = (
            m
            for pattern in _PAIRS
            for m in pattern.finditer(prose)
            if not _MADE.search(prose[max(m.start() - _NEAR, 0) : m.start()])
        )
        pairs_told = {(int(m[1]), int(m[2])) for m in found}
        if len(pairs_told) == 1:
            yield from zip(("H", "W"), pairs_told.pop(), strict=True)
        colors = [many for many, words in _COLORS.items() if re.search(words, prose, re.I)]
        if "C" in letters and len(colors) == 1:
            yield "C", colors[0]
        data = [sizes for name, sizes in _DATASETS if re.search(rf"(?<![a-z]){name}(?![a-z])", prose, re.I)]
        if len(data) == 1 and not pairs_told:
            yield from zip(("H", "W", *(["C"] if "C" in letters else [])), data[0], strict=False)
    elif letters in (["T"], ["d"], ["T", "d"]):
        lengths = {int(length) for pattern in _LENGTHS for length in pattern.findall(prose)} - vocabulary
        features = arriving_in(prose, "features")
        if "T" in letters and len(lengths) == 1:
            yield "T", lengths.pop()
        if "d" in letters and features is not None:
            yield "d", features


def _may_leave(node: Node, sizes: tuple[int, ...]) -> bool:
    """Whether a shape in prose may be the output of a layer: it has as many channels, or is too short to be a shape."""
    return len(sizes) < 3 or node.shape[node.derived.feature_axis] == sizes[node.derived.feature_axis]


def _arriving(node: Node, prose: str) -> Iterator[tuple[str, int]]:
    """The channels or features that the only layer reads: "with 48 channels", "50 input features"."""
    size = node.shape[node.derived.feature_axis] if node.shape else None
    told_ones = [many for what in _WHAT if (many := arriving_in(prose, what)) is not None]
    if isinstance(size, Symbol) and len(told_ones) == 1:
        yield size.name, told_ones[0]


def _units(prose: str, network: Network) -> Iterator[tuple[str, int]]:
    """The letter for the units of the only layer that has one, where the prose tells one number of units."""
    letters = {units.name for node in network.nodes if isinstance(units := getattr(node.layer, "units", None), Symbol)}
    told_ones = {int(many.replace(",", "")) for many in _UNITS.findall(prose)}
    if len(letters) == len(told_ones) == 1:
        yield letters.pop(), told_ones.pop()


def _letters(prose: str, network: Network) -> dict[str, int]:
    """The letters that the prose gives one value: nb_classes = 10."""
    values: dict[str, int] = {}
    for name in network.symbols:
        found = set(
            re.findall(rf"(?<![\w.]){re.escape(name)}\s{{0,3}}={{1,2}}\s{{0,3}}(\d{{1,9}})(?![\w.,]\d|\w)", prose)
        )
        if len(found) == 1:
            values[name] = int(found.pop())
    return values


def _numbers(shape: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"(?<![\w-])\d+", re.sub("[xX×*]", " ", shape))))


def _fits(sizes: Sequence[Value], told_sizes: Sequence[int], *, called_so: bool = False) -> bool:
    """Whether numbers may be the sizes of an input, some of which are letters.

    One known size at least must be told, unless they are called the sizes of the input.
    """
    letters = sum(isinstance(size, Symbol) for size in sizes)
    return (
        0 < letters < len(sizes) + called_so
        and len(sizes) == len(told_sizes)
        and all(isinstance(size, Symbol) or size == number for size, number in zip(sizes, told_sizes, strict=True))
    )
