"""A config of Keras, as it was stored or printed -> what was read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from symparams.errors import LimitError, Place, Source, SymparamsError, listed, nearest
from symparams.reading.configs.json_text import read_json
from symparams.reading.configs.layout import is_channels_first
from symparams.reading.configs.models import Model, is_model, model_of
from symparams.reading.configs.tables import Table
from symparams.reading.configs.writing import Writer
from symparams.reading.configs.yaml_text import read_yaml
from symparams.reading.graphs import chains_of
from symparams.reading.reading import Reading, Repair
from symparams.sources import records as r

KIND = "keras-config"
CONFIG_BYTES = 1 << 22  # of a config that is read

_AUTOMATIC = re.compile(r"(sequential|functional|model)(_\d+)?")  # names that say nothing
_JSON = re.compile(r'"class_name"\s*:|"layers"\s*:\s*\[')
_YAML = re.compile(r"^(class_name: *\S|config:)", re.MULTILINE)
_LOOKED_AT = 20_000  # characters in which the kind of a text shows


def recognised(text: str) -> float:
    """How sure a look at a text makes that it is a config of Keras."""
    start = text[:_LOOKED_AT]
    if start.lstrip("\ufeff \t\r\n'`").startswith("{") and _JSON.search(start) and "config" in start:
        return 1.0
    if len(_YAML.findall(start)) == 2:
        return 1.0
    return 0.8 if _JSON.search(start) and '"config"' in start else 0.0


def read_keras_config(source: Source, model: str | None = None) -> Reading:
    """The model in a config, the one of that name where there are several.

    Raises SymparamsError, with its place, where the text is no config or a layer in it is not known.
    """
    if len(source.text) > CONFIG_BYTES:
        raise LimitError(f"the config is larger than {CONFIG_BYTES >> 20} MiB, which is the limit", source=source)
    try:
        found = [model_of(table, source) for table in _tables(source)]
        chosen = _chosen(found, model, source)
        return _read(chosen, tuple(one.name or "model" for one in found), source)
    except RecursionError:
        raise LimitError("this is nested too deeply", source=source) from None


def _read(model: Model, names: tuple[str, ...], source: Source) -> Reading:
    writer = Writer(source, is_channels_first(model))
    written = writer.model(model, None)
    if not written.steps:
        raise SymparamsError("this model has no layers", Place(source, *model.at))
    head: list[r.Statement] = [r.Convention("keras", model.at)]
    if model.name and not _AUTOMATIC.fullmatch(model.name) and '"' not in model.name:
        head.insert(0, r.Model(model.name, model.at))
    statements = (*head, *chains_of(written.steps))
    return Reading(KIND, source, statements, (), tuple(_assumed(writer)), names)


def _assumed(writer: Writer) -> Iterator[Repair]:
    if writer.open:
        one = len(writer.open) == 1
        what = f"{listed(list(writer.open))} {'stands' if one else 'stand'} for what the config leaves open"
        yield Repair(what, next(iter(writer.open.values())))
    yield from writer.opaque


def _tables(source: Source) -> list[Table]:
    """The models that stand in a text."""
    found: list[Table] = []
    value = _value(source)
    for key in ("modelTopology", "model_config"):  # where TensorFlow.js and HDF5 have them
        if isinstance(value, Table) and isinstance(value.get(key), Table):
            value = value[key]
    if isinstance(value, Table) and is_model(value):
        found.append(value)
    else:
        raise SymparamsError(_NOTHING, source=source)
    return found


def _value(source: Source) -> Any:
    yaml = _YAML.search(source.text)
    brace = source.text.find("{")
    if yaml is not None and (brace < 0 or yaml.start() < brace):
        return read_yaml(source, yaml.start())
    if brace < 0:
        raise SymparamsError(_NOTHING, source=source)
    return read_json(source, brace)


_NOTHING = "there is no model here; a config of Keras has `class_name` and a list of `layers`, as model.to_json() gives"


def _chosen(found: list[Model], name: str | None, source: Source) -> Model:
    if name is None:
        return found[-1]
    for model in found:
        if model.name == name:
            return model
    names = [model.name for model in found]
    raise SymparamsError(f"there is no model `{name[:60]}`{nearest(name, names)}", source=source)
