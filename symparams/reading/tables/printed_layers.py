"""Modules as PyTorch prints them -> layers with their arguments, and what each must be fed."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from symparams.layers import CATALOGUE, key
from symparams.reading.tables.rules import Argument, Arguments
from symparams.reading.tables.shaping import own_name
from symparams.reading.tables.table import Row


class Printed(NamedTuple):
    """A module as a layer."""

    call: str
    arguments: Arguments
    features: int | None = None  # channels or features that must arrive; None: any
    rank: int | None = None  # spatial axes that must arrive; None: any
    tokens: bool = False  # whether it takes whole numbers: an embedding
    known: bool = True  # whether the class is one of PyTorch's


class _Form(NamedTuple):
    """How modules of a kind are printed."""

    call: str
    first: tuple[str, ...]  # what the values without a keyword are
    keywords: Mapping[str, str]  # keyword of the printed form: that of our layer; "in": what must arrive


_WINDOW = {"kernel_size": "kernel", "stride": "stride", "padding": "padding", "dilation": "dilation"}
_LINEAR = _Form("dense", ("in", "units"), {"in_features": "in", "out_features": "units", "bias": "bias"})
_CONVOLUTION = _Form("conv", ("in", "filters"), {**_WINDOW, "groups": "groups", "bias": "bias"})
_TRANSPOSED = _Form("tconv", ("in", "filters"), {**_CONVOLUTION.keywords, "output_padding": "output_padding"})
_POOL = {"kernel_size": "size", "stride": "stride", "padding": "padding", "ceil_mode": "ceil"}
_RECURRENT = ("in", "units", "layers")
_RECURRENT_KEYS = {"num_layers": "layers", "bias": "bias", "bidirectional": "bidirectional", "proj_size": "projection"}
_NORM = {"affine": "affine", "track_running_stats": "track"}
_FORMS: tuple[tuple[str, _Form], ...] = (
    ("convtranspose", _TRANSPOSED),
    ("conv", _CONVOLUTION),
    ("linear", _LINEAR),
    ("nondynamicallyquantizablelinear", _LINEAR),
    ("embedding", _Form("embedding", ("vocabulary", "width"), {})),
    ("batchnorm", _Form("bn", ("in",), _NORM)),
    ("syncbatchnorm", _Form("bn", ("in",), _NORM)),
    ("instancenorm", _Form("instancenorm", ("in",), _NORM)),
    ("groupnorm", _Form("groupnorm", ("groups", "in"), {"affine": "affine"})),
    ("layernorm", _Form("ln", ("shape",), {"elementwise_affine": "affine", "bias": "center"})),
    ("rmsnorm", _Form("rmsnorm", ("shape",), {"elementwise_affine": "affine"})),
    ("lstm", _Form("lstm", _RECURRENT, _RECURRENT_KEYS)),
    ("gru", _Form("gru", _RECURRENT, _RECURRENT_KEYS)),
    ("rnn", _Form("rnn", _RECURRENT, _RECURRENT_KEYS)),
    ("maxpool", _Form("maxpool", ("size", "stride", "padding"), {**_POOL, "dilation": "dilation"})),
    ("avgpool", _Form("avgpool", ("size", "stride", "padding"), _POOL)),
    ("adaptiveavgpool", _Form("adaptiveavgpool", ("size",), {"output_size": "size"})),
    ("adaptivemaxpool", _Form("adaptivemaxpool", ("size",), {"output_size": "size"})),
    ("flatten", _Form("flatten", (), {"start_dim": "start", "end_dim": "end"})),
    ("upsample", _Form("upsample", (), {"scale_factor": "factor", "size": "size"})),
    ("pixelshuffle", _Form("pixelshuffle", ("factor",), {"upscale_factor": "factor"})),
    ("zeropad", _Form("zeropad", ("amount",), {})),
    ("reflectionpad", _Form("pad", ("amount",), {})),
    ("replicationpad", _Form("pad", ("amount",), {})),
    ("prelu", _Form("prelu", (), {"num_parameters": "parameters"})),
    ("multiheadattention", _Form("MultiheadAttention", (), {"in_features": "embed_dim", "bias": "bias"})),
)  # fmt: skip
_USUAL = {
    "track": True,
    "bias": True,
    "affine": True,
    "groups": 1,
    "dilation": 1,
    "stride": 1,
    "padding": 0,
    "layers": 1,
    "start": 1,
}


def printed_layer(row: Row) -> Printed:
    """The layer that a printed module is."""
    if row.type == "Parameter":
        return Printed("param", (("shape", tuple(int(size) for _, size in row.settings)),))
    name = row.type.casefold().removeprefix("lazy")
    form = next((form for start, form in _FORMS if name.startswith(start)), None)
    if form is None:
        if key(row.type) not in CATALOGUE:
            return Printed("identity", (), known=False)
        call, given = own_name(row.type)
        return Printed(call, given)
    values = _values(row.settings, form)
    features = values.pop("in", None)
    _arranged(values, form.call)
    rank = re.search(r"([123])d", name)
    return Printed(
        form.call,
        tuple(values.items()),
        features if isinstance(features, int) else _fed(form.call, values),
        int(rank[1]) if rank else None,
        form.call == "embedding",
    )


def _fed(call: str, values: Mapping[str, Argument]) -> int | None:
    """What must arrive where the arguments say it: at attention and layer normalization."""
    fed = values.get("embed_dim") if call == "MultiheadAttention" else values.get("shape")
    last = fed[-1] if isinstance(fed, tuple) and fed else fed
    return last if isinstance(last, int) else None


def _values(settings: Sequence[tuple[str | None, str]], form: _Form) -> dict[str, Argument]:
    """The arguments of our layer that the printed ones give."""
    values: dict[str, Argument] = {}
    waiting = list(form.first)
    for keyword, text in settings:
        name = form.keywords.get(keyword) if keyword else waiting.pop(0) if waiting else None
        if name is not None:
            value = _value(text)
            if value is not None:
                values[name] = value
    return values


def _value(text: str) -> Argument:
    """A printed value: numbers, sizes, words."""
    try:
        value = ast.literal_eval(text) if len(text) < 100 else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text if re.fullmatch(r"\w+", text) else None
    if isinstance(value, float):
        return int(value) if value == int(value) else None
    if isinstance(value, tuple):
        return tuple(_whole(part) for part in value)
    return value if isinstance(value, (int, str)) else None


def _whole(part: object) -> Argument:
    return int(part) if isinstance(part, (int, float)) else None


def _arranged(values: dict[str, Argument], call: str) -> None:
    """Arguments as our layers take them: sizes in brackets, what is usual left out."""
    for name in ("kernel", "stride", "dilation", "padding", "size", "factor", "output_padding", "shape"):
        if isinstance(values.get(name), int) and name not in ("shape",) and (call, name) != ("pixelshuffle", "factor"):
            values[name] = (values[name],)
    if "amount" in values:
        values["amount"] = _amounts(values["amount"])
    for name, usual in _USUAL.items():
        value = values.get(name)
        if value == usual or (
            isinstance(value, tuple) and set(value) == {usual} and call not in ("maxpool", "avgpool")
        ):
            del values[name]
    for name in ("padding", "dilation"):
        nothing = ((0,), (0, 0), (1,)) if name == "dilation" else ((0,), (0, 0))
        if call in ("maxpool", "avgpool") and values.get(name) in nothing:
            del values[name]
    for name in ("ceil", "bidirectional"):
        if values.get(name) is False:
            del values[name]
    if call == "ln" and values.get("affine") is False:
        values.pop("center", None)
    if values.get("center") is True:
        del values["center"]
    if call == "instancenorm":
        values.setdefault("affine", True)
    if call == "MultiheadAttention":
        width = values.get("embed_dim")
        values["num_heads"] = next(h for h in (8, 4, 2, 1) if not isinstance(width, int) or width % h == 0)
    if values.get("end") == -1:
        del values["end"]


def _amounts(value: Argument) -> Argument:
    """PyTorch counts the sides from the last axis on: (left, right, top, bottom)."""
    if isinstance(value, int):
        return ((value, value),)
    assert isinstance(value, tuple)
    pairs = [value[i : i + 2] for i in range(0, len(value), 2)]
    return tuple(reversed(pairs))
