"""`inbound_nodes` -> calls: on which tensors a layer is called, in the three forms that Keras has had."""

from __future__ import annotations

from typing import Any, NamedTuple


class Tensor(NamedTuple):
    """What a call of a layer gave."""

    layer: str  # its name
    call: int  # which of its calls, from 0
    output: int  # which of the outputs of that call, from 0
    shape: tuple[int | None, ...] | None = None  # without the batch axis, where the config says so


class Use(NamedTuple):
    """One call of a layer."""

    positional: tuple[Any, ...]  # Tensors, lists with Tensors in them, and other values
    named: dict[str, Any]

    def tensors(self) -> list[Tensor]:
        """All tensors in it, in order."""
        found: list[Tensor] = []
        _collect([*self.positional, *self.named.values()], found)
        return found


def uses(nodes: object) -> tuple[Use, ...]:
    """The calls of a layer."""
    return tuple(map(_use, nodes)) if isinstance(nodes, list) else ()


def points(value: object) -> tuple[Tensor, ...]:
    """The tensors of `input_layers` or `output_layers`: one, a list, or a table of them."""
    found: list[Tensor] = []
    _collect(_listed(value), found)
    return tuple(found)


def _use(node: object) -> Use:
    if isinstance(node, dict) and ("args" in node or "kwargs" in node):  # Keras 3
        positional, named = _linked(node.get("args") or []), _linked(node.get("kwargs") or {})
        return Use(tuple(positional) if isinstance(positional, list) else (), named if isinstance(named, dict) else {})
    every = [node] if _old_tensor(node) else node if isinstance(node, list) else []
    named = {}
    positional = []
    for one in every:  # Keras 1 and 2: [layer, call, output], and from 2.0 what else the call was given
        positional.append(_listed(one))
        if isinstance(one, list) and len(one) > 3 and isinstance(one[3], dict):
            named |= {key: _listed(value) for key, value in one[3].items()}
    return Use((positional,) if len(positional) > 1 else tuple(positional), named)


def _linked(value: Any) -> Any:
    """A value of Keras 3 with Tensors for what stands for tensors in it."""
    if isinstance(value, list):
        return [_linked(part) for part in value]
    if not isinstance(value, dict):
        return value
    config = value.get("config")
    if value.get("class_name") == "__keras_tensor__" and isinstance(config, dict):
        history = config.get("keras_history")
        return _tensor(history, config.get("shape")) if _old_tensor(history) else None
    return {key: _linked(part) for key, part in value.items()}


def _listed(value: Any) -> Any:
    """A value of Keras 1 or 2 with Tensors for what stands for tensors in it."""
    if _old_tensor(value):
        return value[2] if value[0] == "_CONSTANT_VALUE" else _tensor(value)
    if isinstance(value, list):
        return [_listed(part) for part in value]
    return {key: _listed(part) for key, part in value.items()} if isinstance(value, dict) else value


def _old_tensor(value: object) -> bool:
    """Whether a value is [layer, call, output], perhaps with more behind it."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and (isinstance(value[2], int) or value[0] == "_CONSTANT_VALUE")
    )


def _tensor(history: Any, shape: object = None) -> Tensor:
    sizes = None
    if isinstance(shape, list) and shape and all(size is None or isinstance(size, int) for size in shape):
        sizes = tuple(shape[1:])
    return Tensor(history[0], history[1], history[2], sizes)


def _collect(value: object, found: list[Tensor]) -> None:
    if isinstance(value, Tensor):
        found.append(value)
    elif isinstance(value, list):
        for part in value:
            _collect(part, found)
    elif isinstance(value, dict):
        for part in value.values():
            _collect(part, found)
