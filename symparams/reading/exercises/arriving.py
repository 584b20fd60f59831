"""What arrives at the first layer of an exercise: "a 300 by 300 color image", "an input volume of 63x63x16"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symparams.reading.exercises.told import RECURRENT, WINDOWED, Told

_B = r"\s{0,2}"
_ONE = r"(?:\d{1,9}|(?-i:(?!a\b)[B-HJ-Za-wyz])(?![\w']))"
_CROSS = rf"(?:{_B}[x×*]{_B}|\s?-?by-?\s?)"
_COMMA = rf"{_B},{_B}"
_THREE = re.compile(
    rf"(?<![\w.,×(\[-])(?:[(\[]?{_B}({_ONE}){_CROSS}({_ONE}){_CROSS}({_ONE})(?:{_B}[)\]])?"
    rf"|[(\[]{_B}(?:None{_COMMA})?({_ONE}){_COMMA}({_ONE}){_COMMA}({_ONE}){_B}[)\]])(?![\w×*]|,\d|{_B}[+=/^]\s?\d)",
    re.I,
)
_PAIR = re.compile(
    rf"(?<![\w.×*(\[-])(?:[(\[]?{_B}({_ONE}){_CROSS}({_ONE})|[(\[]{_B}({_ONE}){_COMMA}({_ONE}){_B}[)\]])"
    rf"(?![\w×*]|{_B}[x×*+=/^])",
    re.I,
)
_IMAGE = re.compile(
    r"\b(?:inputs?|images?|matri(?:x|ces)|arrays?|grids?|volumes?|pictures?|photos?|pixels?|frames?|feature\s?maps?\sas\sinput|RGB|gr[ae]y-?scale|colou?r|gets|receives|takes)\b",
    re.I,
)
_WINDOW = re.compile(r"\b(?:kernels?|filters?|window|pool(?:ing)?|conv(?:ol\w*)?|strides?|patch(?:es)?)\b", re.I)
_OUTPUT = re.compile(r"\b(?:outputs?|result(?:s|ing)?|remains?|produces?|becomes?|yields?|gives?)\b", re.I)
_LAYER = re.compile(r"\bconv(?:ol\w*)?\Z", re.I)
_AXES = 3  # of an image
_SPOKEN = (("input", _IMAGE), ("window", _WINDOW), ("output", _OUTPUT))
_WINDOW_OF = re.compile(
    r"\b(?:kernels?|filters?|window|pool(?:ing)?)(?:[\s:=(]|\b(?:sizes?|of|is|are|each|that|with|have|dimensions?)\b)*\Z",
    re.I,
)
_MADE = re.compile(
    r"\b(?:outputs?|results?|resulting|remains?|produces?|becomes?|yields?|gives?)"
    r"(?:\s(?:of|is|are|sizes?|volume|an?|the|in|to))*\s?\Z",
    re.I,
)
_NEXT = re.compile(  # words in the same clause
    r"[)\]]?(?:(?:[ -]|\n(?=(?-i:[a-z])))"
    r"(?:\(\w+\)|(?!(?:and|with|using|by|is|are|was|to|filtered|conv\w*)\b)\w+)){1,3}",
    re.I,
)
_CHANNELS = (
    (re.compile(r"\b(\d{1,5})[\s-](?:input\s)?channels?\b", re.I), ""),
    (re.compile(r"\b(?:RGB|colou?r(?:ed)?)\b", re.I), "3"),
    (
        re.compile(
            r"\bgr[ae]y[\s-]?(?:scale)?\b|\bblack[\s-](?:and|&)[\s-]white\b|\bmonochrome\b|\bbinary\simages?\b", re.I
        ),
        "1",
    ),
)
_NUMBER = r"(?<![\w.×])(\d{1,3}(?:,\d{3})+|\d{1,7}|(?-i:(?!a\b)[B-HJ-Zb-z]))(?!\w|[.,]\d|\s?[x×])"
_FEATURES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_NUMBER}[\s-]dimensional\s(?:\w+\s)?(?:inputs?|vectors?|features?|embeddings?|word)\b",
        rf"{_NUMBER}\s(?:input\s)?(?:inputs?|features?|input\s(?:units|neurons|nodes|dimensions|features))\b",
        (
            rf"\binputs?(?:\s(?:vectors?|features?|layers?|units?|data|x_t|x))?(?:\s|_)?(?:size|dim(?:ension(?:ality)?)?|features|length)?"
            rf"(?:\s?[=:]\s?|\s(?:(?:of|is|are|has|have|with|size|dimension|vectors?|a)\s)*){_NUMBER}"
        ),
        rf"\b(?:vectors?|embeddings?)\s(?:of|with|has|have)\s(?:(?:size|dimension|length)\s)?{_NUMBER}",
    )
)
_INPUT_LAYER = re.compile(
    r"\binput\slayer\s(?:of|with|has|having|contains|consists\sof)\s(\d{1,3}(?:,\d{3})+|\d{1,7})(?![\w×*]|\s?[x×])",
    re.I,
)
_SEQUENCE = re.compile(r"\b(?:1|one)[\s-]?D(?:imensional)?\b|\b(?:sequences?|time\sseries|signals?|audio)\b", re.I)
_LENGTHS = (
    re.compile(r"\b(?:sequences?|signals?|series|inputs?)\s(?:\w+\s){0,2}?length\s(?:of\s|is\s)?(\d{1,6})\b", re.I),
    re.compile(r"\b(\d{1,6})\s(?:time\s?steps|samples)\b", re.I),
)
_STEPS = re.compile(r"(?<![\w.×])(\d{1,5})\s(?:input\s)?(?:channels?|features?|variables|sensors)\b", re.I)
_ONE_CHANNEL = re.compile(r"\bmono\b|\baudio\b", re.I)
_SETS = (  # images that everybody knows
    (re.compile(r"\b(?:Fashion-?\s?|E|K)?MNIST\b", re.I), ("28", "28", "1")),
    (re.compile(r"\bCIFAR-?\s?100?\b", re.I), ("32", "32", "3")),
    (re.compile(r"\bImageNet\b", re.I), ("224", "224", "3")),
)
_AROUND = 45  # characters around a size that say what has it


def arriving(text: str, layers: Sequence[Told]) -> str:
    """The input in the language; empty where nothing tells it."""
    first = layers[0].kind
    if first in RECURRENT or first in ("attention", "encoder"):
        width = layers[0].settings.get("width") if first not in RECURRENT else _features(text, layers)
        return f"input(T, {width})" if width else ""
    if first == "embedding":
        return "input(T)"
    if first in WINDOWED and _SEQUENCE.search(text) and not _THREE.search(text):
        return _sequence(text)
    image = image_told(text)
    if image:
        return f"input({', '.join(image)})"
    if first == "dense":
        features = _features(text, layers)
        return f"input({features})" if features else ""
    return ""


def sizes_of_images(text: str) -> list[tuple[int, int]]:
    """Where the sizes of what comes in or goes out stand, which are no settings of a layer."""
    found = [one for one in _THREE.finditer(text) if not _is_window(text, one)]
    found += [one for one in _PAIR.finditer(text) if _is_input(text, one) or _is_output(text, one)]
    return [one.span() for one in found]


def channels_made(text: str) -> str:
    """The channels of the only output whose size a text tells; empty for none, or several."""
    made = {_sides(one)[-1] for one in _THREE.finditer(text) if _is_output(text, one)}
    return made.pop() if len(made) == 1 else ""


def features_at(text: str) -> list[tuple[int, int]]:
    """Where the units of an input layer stand, which are none of a layer of weights."""
    return [one.span(1) for one in _INPUT_LAYER.finditer(text)]


def inputs_at(text: str) -> list[tuple[int, int]]:
    """Where the sizes of an image that comes in stand."""
    return [one.span() for pattern in (_THREE, _PAIR) for one in pattern.finditer(text) if _is_input(text, one)]


def _features(text: str, layers: Sequence[Told]) -> str:
    """How many features arrive."""
    for pattern in _FEATURES:
        found = {one[1].replace(",", "") for one in pattern.finditer(text) if not _is_of_a_layer(one, layers)}
        if len(found) == 1:
            return found.pop()
    return ""


def _is_of_a_layer(found: re.Match[str], layers: Sequence[Told]) -> bool:
    """Whether a number was already taken as one of the first layer's own."""
    return found[1].isalpha() and found[1] in layers[0].settings.values()


def _sequence(text: str) -> str:
    """Length and channels of a sequence."""
    lengths = [one[1] for pattern in _LENGTHS for one in pattern.finditer(text)]
    channels = _STEPS.search(text)
    many = channels[1] if channels else "1" if _ONE_CHANNEL.search(text) else ""
    return f"input({lengths[0] if lengths else 'L'}, {many})" if many else ""


def image_told(text: str) -> tuple[str, ...]:
    """Height, width and channels of the image that a text tells; empty for none."""
    sizes = [_sides(one) for one in _THREE.finditer(text) if _is_input(text, one)]
    if sizes:
        return sizes[0]
    pairs = [_sides(one) for one in _PAIR.finditer(text) if _is_input(text, one)]
    known = [shape for pattern, shape in _SETS if pattern.search(text)]
    if pairs:
        return (*pairs[0], _channels(text) or "1")
    return known[0] if len(known) == 1 else ()


def _sides(size: re.Match[str]) -> tuple[str, ...]:
    """The sides of a size, however it is written."""
    return tuple(side for side in size.groups() if side is not None)


def _channels(text: str) -> str:
    for pattern, many in _CHANNELS:
        found = {one[1] if pattern.groups else many for one in pattern.finditer(text)}
        if len(found) == 1:
            return found.pop()
    return ""


def _is_input(text: str, size: re.Match[str]) -> bool:
    """Whether the words around a size speak of what comes in; the first behind it say most, then the last before it."""
    return _spoken_of(text, size) == "input"


def _is_output(text: str, size: re.Match[str]) -> bool:
    return _spoken_of(text, size) == "output"


def _is_window(text: str, size: re.Match[str]) -> bool:
    return _spoken_of(text, size) == "window"


def _spoken_of(text: str, size: re.Match[str]) -> str:
    """What the words around a size speak of: input, output, window; empty for none of them."""
    before = re.split(r"[.;!?]\s|\n\n", text[max(size.start() - _AROUND, 0) : size.start()])[-1]
    behind = _NEXT.match(text, size.end(), size.end() + _AROUND)
    if _WINDOW_OF.search(before) is not None:
        return "window"
    marks = [(one.end(), what) for what, pattern in _SPOKEN for one in pattern.finditer(before)]
    if len(_sides(size)) == _AXES:  # a layer has none of these, its filters do
        marks = [mark for mark in marks if mark[1] != "window" or not _LAYER.search(before[: mark[0]])]
    last = max(marks)[1] if marks else ""
    if behind is not None:
        following = [(one.start(), what) for what, pattern in _SPOKEN for one in pattern.finditer(behind[0])]
        if following:
            first = min(following)[1]
            return "output" if first == "input" and _MADE.search(before) else first
    return last
