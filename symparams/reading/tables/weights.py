"""Lists of weights with their shapes, as loops over named_parameters() and state_dict() print them -> rows of modules.

`conv1.weight torch.Size([16, 1, 5, 5])` and `conv1.bias torch.Size([16])` are the convolution `conv1`: what a module
holds tells its class and its sizes. Strides, padding and layers without weights are not in such a list.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from symparams.errors import Span
from symparams.reading.tables.table import ROWS, Row

Shape: TypeAlias = "tuple[int, ...]"
Settings: TypeAlias = "tuple[tuple[str | None, str], ...]"

_OWN = (
    r"weight|bias|running_mean|running_var|num_batches_tracked|in_proj_weight|in_proj_bias"
    r"|(?:weight|bias)_(?:ih|hh)_l\d{1,3}(?:_reverse)?|weight_hr_l\d{1,3}(?:_reverse)?"
)
_SIZES = r"\s{0,3}(?:\d{1,9}(?:,\s{0,3}\d{1,9}){0,5},?\s{0,3})?"
_LINE = re.compile(
    rf"^[ \t|│>'\"(\[{{]{{0,40}}(?:[A-Z]\w{{1,20}}:\s)?(?P<path>\w[\w.]{{0,200}})"
    rf"['\"]?[\s:|,\-│]{{1,60}}(?:(?:size|shape)\s?[:=]?\s?)?(?:torch\.Size\()?[\[(](?P<sizes>{_SIZES})[\])]",
    re.MULTILINE | re.IGNORECASE,
)
_NAME = re.compile(rf"(?:(?P<module>[\w.]+)\.)?(?P<own>{_OWN})\Z")
_LIKE = re.compile(r"\b(?:weight|\w+_weight|weight_ih_l0)\b[^\n]{0,80}[\[(]\s{0,3}\d")
_EMBEDS = re.compile(r"emb|wte\Z|wpe\Z|token|vocab", re.IGNORECASE)
_ENOUGH = 2  # lines without a path that make a list
_GATES = {1: "RNN", 3: "GRU", 4: "LSTM"}


class _Module(NamedTuple):
    """What a list says of one module."""

    path: str
    shapes: Mapping[str, Shape]  # by the names of its own weights
    at: Span


def lists_weights(text: str) -> bool:
    """Whether a text looks as if it had such a list."""
    return "weight" in text and _LIKE.search(text) is not None


def weight_rows(text: str) -> list[Row]:
    """A row for each module whose weights a text lists, in their order; none where nothing is listed."""
    rows: list[Row] = []
    for module in itertools.islice(_modules(text), ROWS + 1):
        if module.path.endswith(".out_proj") and rows and rows[-1].type == "MultiheadAttention":
            continue  # printed with the attention that it belongs to
        rows += _rows(module, rows)
    return rows


def _modules(text: str) -> Iterator[_Module]:
    """The modules of a list: neighbors that have their path in common."""
    path, shapes, start, end = "", dict[str, Shape](), 0, 0
    for found in _listed(text):
        name = _NAME.match(found["path"])
        module, own = (name["module"] or "", name["own"]) if name else (found["path"], "")
        if shapes and (module != path or own in shapes or not own):
            yield _Module(path, shapes, Span(start, end))
            shapes = {}
        if not shapes:
            path, start = module, found.start("path")
        shapes[own] = tuple(map(int, re.findall(r"\d+", found["sizes"])))
        end = found.end()
    if shapes:
        yield _Module(path, shapes, Span(start, end))


def _listed(text: str) -> list[re.Match[str]]:
    """The lines of a list: those of weights, and those of other learned values right before or behind them."""
    lines = list(itertools.islice(_LINE.finditer(text), 8 * ROWS))
    named = [_NAME.match(line["path"]) is not None for line in lines]
    kept = [line for line, known in zip(lines, named, strict=True) if known]
    if len(kept) < _ENOUGH and not any("." in line["path"] or "torch.Size" in line[0] for line in kept):
        return []
    for step, run in ((1, range(len(lines))), (-1, reversed(range(len(lines))))):
        for i in run:  # from each line that is known on to its neighbors
            if named[i] and 0 <= i + step < len(lines) and not named[i + step]:
                first, last = sorted((i, i + step))
                if text.count("\n", lines[first].end(), lines[last].start("path")) <= 1:
                    named[i + step] = True
                    kept.append(lines[i + step])
    return sorted(kept, key=re.Match.start)


def _rows(module: _Module, before: Sequence[Row]) -> list[Row]:
    """The row of a module; of one that is not understood a row for each of its weights."""
    row = Row(module.path or "weight", "", module.at, path=module.path)
    found = _recurrent(module.shapes) or _attention(module.shapes) or _plain(module, before)
    if found is not None:
        return [replace(row, type=found[0], settings=found[1])]
    rows = []
    for own, shape in module.shapes.items():
        if not own.startswith(("running_", "num_batches")):
            name = f"{module.path}.{own}".strip(".")
            rows.append(replace(row, name=name, path=name, type="Parameter", settings=_told(*(shape or (1,)))))
    return rows


def _plain(module: _Module, before: Sequence[Row]) -> tuple[str, Settings] | None:
    """A module with `weight` and perhaps `bias`."""
    weight, bias = module.shapes.get("weight"), module.shapes.get("bias")
    if weight is None or not weight:
        return None
    if len(weight) == 1:
        return _norm(module.shapes, weight[0], before)
    biased = ("bias", str(bias is not None))
    if len(weight) == 2:
        if bias is None and _EMBEDS.search(module.path):
            return "Embedding", _told(weight[0], weight[1])
        return "Linear", (*_told(weight[1], weight[0]), biased)
    if len(weight) > 5:
        return None
    rank, kernel = len(weight) - 2, ("kernel_size", str(weight[2:]))
    if bias is not None and bias[:1] == weight[1:2] != weight[:1]:
        return f"ConvTranspose{rank}d", (*_told(weight[0], weight[1]), kernel, biased)
    groups = _groups(weight[1], weight[0], before)
    return f"Conv{rank}d", (*_told(weight[1] * groups, weight[0]), kernel, ("groups", str(groups)), biased)


def _norm(shapes: Mapping[str, Shape], width: int, before: Sequence[Row]) -> tuple[str, Settings] | None:
    """A module with a value for each channel or feature."""
    last = next(
        (row.type for row in reversed(before) if row.type.startswith(("Conv", "Linear", "Embedding", "Multihead"))), ""
    )
    rank = last[-2] if last.startswith("Conv") else "1"
    if "running_mean" in shapes:
        return f"BatchNorm{rank}d", _told(width)
    if shapes.get("bias") != (width,):
        return ("RMSNorm", ((None, f"({width},)"),)) if "bias" not in shapes else None
    return (f"BatchNorm{rank}d", _told(width)) if last.startswith("Conv") else ("LayerNorm", ((None, f"({width},)"),))


def _groups(channels: int, filters: int, before: Sequence[Row]) -> int:
    """In how many groups a convolution works: each filter sees so many channels of those that arrive."""
    outputs = [int(row.settings[1][1]) for row in before if row.type[:4] == "Conv"]
    if not outputs or channels in outputs or outputs[-1] % channels or filters % (outputs[-1] // channels):
        return 1
    return outputs[-1] // channels


def _recurrent(shapes: Mapping[str, Shape]) -> tuple[str, Settings] | None:
    """A recurrent layer of several levels and directions."""
    first, state = shapes.get("weight_ih_l0", ()), shapes.get("weight_hh_l0", ())
    if len(first) != 2 or len(state) != 2 or state[1] == 0 or "weight_hr_l0" in shapes:
        return None
    kind = _GATES.get(state[0] // state[1])
    levels = sum(re.fullmatch(r"weight_ih_l\d+", name) is not None for name in shapes)
    if kind is None:
        return None
    both = ("bidirectional", str("weight_ih_l0_reverse" in shapes))
    return kind, (*_told(first[1], state[1]), ("num_layers", str(levels)), ("bias", str("bias_ih_l0" in shapes)), both)


def _attention(shapes: Mapping[str, Shape]) -> tuple[str, Settings] | None:
    """Attention whose three projections are one matrix."""
    packed = shapes.get("in_proj_weight", ())
    if len(packed) != 2 or packed[0] != 3 * packed[1]:
        return None
    return "MultiheadAttention", (("in_features", str(packed[1])), ("bias", str("in_proj_bias" in shapes)))


def _told(*sizes: int) -> Settings:
    return tuple((None, str(size)) for size in sizes)
