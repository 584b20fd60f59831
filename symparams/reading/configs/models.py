"""Tables of a config -> models: their layers by name, and who calls whom on what, whichever Keras wrote it."""

from __future__ import annotations

from typing import Any, NamedTuple

from symparams import limits
from symparams.errors import LimitError, Place, Source, Span, SymparamsError
from symparams.reading.configs.calls_on import Tensor, Use, points, uses
from symparams.reading.configs.tables import Table

_FUNCTIONAL = frozenset(("Functional", "Model", "Container", "Network", "Graph"))
_MODELS = frozenset(("Sequential", *_FUNCTIONAL))


class Layer(NamedTuple):
    """A layer as its config has it."""

    kind: str  # its class
    module: str  # where Keras 3 says that the class is; "" elsewhere
    name: str  # as the config has it; "" where it has none
    config: Table  # its arguments
    uses: tuple[Use, ...]  # its calls in a functional model, in order; () in a chain
    model: Model | None  # what a nested model consists of
    branches: tuple[Model, ...]  # what `Merge` of Keras 1 joins in a chain
    at: Span  # of its class
    name_at: Span


class Model(NamedTuple):
    """A model, or one inside another."""

    name: str  # "" where the config has none
    layers: tuple[Layer, ...]  # in the order of the config, which is that of Keras's summary
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]  # of a functional model
    functional: bool  # whether layers say what they are called on; else each is called on the one before
    config: Table  # what else is said of it
    at: Span


def model_of(table: Table, source: Source, depth: int = 0) -> Model:
    """The model that a table describes; raises SymparamsError where it describes none."""
    if depth > limits.NESTING:
        message = f"models are nested more than {limits.NESTING} deep, which is the limit"
        raise LimitError(message, Place(source, *table.at))
    return _Reader(source, depth).model(table)


def layer_of(table: object, source: Source, around: Span) -> Layer:
    """The layer that a table describes, alone."""
    return _Reader(source, 1).layer(table, around)


def is_model(table: object) -> bool:
    """Whether a table describes a model: a class that is one, or layers."""
    if not isinstance(table, Table):
        return False
    config: object = table.get("config")
    if "class_name" not in table:  # what get_config() gives is a config alone
        return isinstance(table.get("layers"), list)
    if isinstance(config, Table):
        return isinstance(config.get("layers"), list)
    return table["class_name"] in _MODELS and isinstance(config, list)


class _Reader:
    """Reads one model."""

    def __init__(self, source: Source, depth: int) -> None:
        self.source = source
        self.depth = depth

    def model(self, table: Table) -> Model:
        config: Any = table.get("config", table)
        if isinstance(config, list):  # a Sequential of Keras 1 and 2.0 is a list of layers alone
            config, layers, at = Table(table.place("config")), config, table.place("config")
        elif isinstance(config, Table) and isinstance(config.get("layers"), list):
            layers, at = config["layers"], config.place("layers")
        else:
            raise self.error("a model has a list of `layers` in its config", table.place("config"))
        if len(layers) > limits.LAYERS:
            raise self.error(f"the model has more than {limits.LAYERS:,} layers, which is the limit", at, LimitError)
        functional = any(isinstance(layer, Table) and "inbound_nodes" in layer for layer in layers)
        return Model(
            _text(config.get("name")) or _text(table.get("name")),
            tuple(self.layer(layer, at) for layer in layers),
            points(config.get("input_layers")),
            points(config.get("output_layers")),
            functional,
            config,
            table.at,
        )

    def layer(self, table: object, around: Span) -> Layer:
        if not isinstance(table, Table):
            raise self.error("a layer is a table with `class_name` and `config`", around)
        kind = table.get("class_name")
        if not isinstance(kind, str) or not kind:
            raise self.error("this layer has no `class_name`", table.at)
        config = table.get("config")
        branches: tuple[Model, ...] = ()
        model = None
        if kind == "Merge" and isinstance(config, Table):
            parts = config.get("layers")
            branches = tuple(map(self.inner, parts)) if isinstance(parts, list) else ()
        elif is_model(table):
            model = self.inner(table)
        if not isinstance(config, Table):
            config = Table(table.place("config"))
        named = table if "name" in table else config
        return Layer(
            kind.rpartition(">")[2],  # `Custom>Name` is how Keras 2 registers classes
            _text(table.get("module")),
            _text(named.get("name")),
            config,
            uses(table.get("inbound_nodes")),
            model,
            branches,
            table.place("class_name"),
            named.place("name"),
        )

    def inner(self, table: object) -> Model:
        if not isinstance(table, Table):
            raise self.error("a model is a table with `class_name` and `config`", Span(0))
        return model_of(table, self.source, self.depth + 1)

    def error(self, matter: str, at: Span, kind: type[SymparamsError] = SymparamsError) -> SymparamsError:
        return kind(matter, Place(self.source, *at))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
