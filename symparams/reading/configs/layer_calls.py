"""A layer of a config -> the call of Keras that makes it."""

from __future__ import annotations

from symparams.algebra.formula import Symbol
from symparams.errors import Place, Source, Span, SymparamsError, nearest
from symparams.reading.configs.arguments import arguments, is_known, known_names, raw
from symparams.reading.configs.models import Layer, layer_of
from symparams.reading.configs.tables import Table
from symparams.sources import records as r

# The merging layers that `Merge` of Keras 1 stands for.
_MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "concat": "Concatenate",
    "ave": "Average",
    "max": "Maximum",
    "dot": "Dot",
    "cos": "Dot",
}
# Layers that models of keras.applications have of their own: a factor for each channel, a sum with a fixed factor.
_OF_APPLICATIONS = {"LayerScale": "layerscale", "CustomScaleLayer": "Add"}

_WRAPPED = ("layer", "cell")  # the keys of what a wrapping layer wraps


def call_of(layer: Layer, source: Source, frozen: bool) -> r.Call:
    """The call, and those of what the layer wraps; raises SymparamsError where its class is not known."""
    return _Caller(source).call(layer, frozen)


def frozen_mark(at: Span) -> r.Argument:
    """The flag of what is not trained."""
    return r.Argument(None, Symbol("frozen"), at)


class _Caller:
    """Writes a layer and what it wraps."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def call(self, layer: Layer, frozen: bool = False) -> r.Call:
        if layer.kind == "Merge":
            return self.merge(layer)
        if layer.kind in _OF_APPLICATIONS:
            return r.Call(_OF_APPLICATIONS[layer.kind], (), layer.at)
        config, wrapped = layer.config, []
        for key in (*_WRAPPED, "forward_layer"):
            if isinstance(config.get(key), dict):
                wrapped.append(r.Argument(None, self.inside(config[key], config.place(key)), config.place(key)))
                break
        if layer.kind == "Bidirectional" and _differs(config):
            key = "backward_layer"
            wrapped.append(r.Argument(key, self.inside(config[key], config.place(key)), config.place(key)))
        if isinstance(config.get("cells"), list):  # which Keras takes as a list
            at = config.place("cells")
            cells = tuple(r.Argument(None, self.inside(cell, at), at) for cell in config["cells"])
            return r.Call("stackedcells", cells, layer.at)
        if not is_known(layer.kind):
            raise SymparamsError(_unknown(layer), Place(self.source, *layer.at))
        given = [*wrapped, *arguments(layer.kind, config, self.source, layer.at)]
        if frozen or config.get("trainable") is False:
            given.append(frozen_mark(config.place("trainable")))
        return r.Call(layer.kind, tuple(given), layer.at)

    def inside(self, table: object, at: Span) -> r.Call:
        """The layer that another one wraps."""
        return self.call(layer_of(table, self.source, at))

    def merge(self, layer: Layer) -> r.Call:
        """`Merge` of Keras 1, by its mode."""
        mode = layer.config.get("mode")
        name = _MERGES.get(mode) if isinstance(mode, str) else None
        if name is None:
            message = (
                f"`Merge` has the modes {', '.join(_MERGES)}; what another one computes does not stand in a config"
            )
            raise SymparamsError(message, Place(self.source, *layer.config.place("mode")))
        key = "concat_axis" if name == "Concatenate" else "dot_axes" if name == "Dot" else ""
        axis = raw(layer.config.get(key))
        at = layer.config.place(key)
        given = () if axis is None else (r.Argument("axes" if name == "Dot" else "axis", axis, at),)
        return r.Call(name, given, layer.at)


def _unknown(layer: Layer) -> str:
    """What is said of a class that the catalogue does not have."""
    named = f" ({layer.name[:60]})" if layer.name else ""
    near = nearest(layer.kind, known_names())
    return (
        f"`{layer.kind[:60]}`{named} is no layer of Keras{near}; what it computes does not stand in a config, so it "
        "has to be added as a layer of your own"
    )


def _differs(config: Table) -> bool:
    """Whether the layer for the backward direction is another than a copy of the first."""
    return isinstance(config.get("backward_layer"), dict) and _essence(config["backward_layer"]) != _essence(
        config.get("layer") or config.get("forward_layer")
    )


def _essence(layer: object) -> object:
    """What two directions of a layer have in common."""
    if not isinstance(layer, dict) or not isinstance(layer.get("config"), dict):
        return layer
    config = {k: v for k, v in layer["config"].items() if k not in ("name", "go_backwards", "dtype", "trainable")}
    return layer.get("class_name"), {k: v for k, v in config.items() if not isinstance(v, dict)}
