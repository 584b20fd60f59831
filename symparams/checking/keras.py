"""Keras as a witness: layers of the functional API, whose weights have shapes and no numbers."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from symparams.checking.measured import Kept, Sizes
from symparams.converters.keras import each_layer, recipe_of
from symparams.converters.keras_layers import HELPERS
from symparams.converters.recipes import Recipe
from symparams.converters.steps import Written
from symparams.errors import SymparamsError
from symparams.model.network import Network, Node

_WAITING = "uninitialized_variables"
_BACKENDS = ("torch", "jax")  # beside tensorflow, the first that is installed is taken


class Keras:
    """The installed Keras."""

    name = "Keras"
    convention = "keras"

    def __init__(self) -> None:
        self.keras = _imported()
        self.title = f"Keras {self.keras.__version__}"

    @contextmanager
    def building(self) -> Iterator[None]:
        """While layers are built: no weight gets numbers."""
        with ExitStack() as stack:
            stack.callback(self._forget, list(self._waiting()))
            stack.enter_context(self.keras.StatelessScope(initialize_variables=False))
            if self.keras.backend.backend() == "torch":
                stack.enter_context(self.keras.device("meta"))
            yield

    def _waiting(self) -> list[Any]:
        """The weights that Keras would give numbers when the next model is built."""
        waiting: list[Any] = self.keras.src.backend.common.global_state.get_global_attribute(_WAITING) or []
        return waiting

    def _forget(self, before: list[Any]) -> None:
        """Leave waiting only the weights that waited before."""
        self.keras.src.backend.common.global_state.set_global_attribute(_WAITING, before)

    def names(self, recipes: Sequence[Recipe]) -> dict[str, Any]:
        """What the code of layers mentions."""
        known: dict[str, Any] = {"layers": self.keras.layers, "ops": self.keras.ops}
        for helper in {one.helper for one in recipes if one.helper}:
            exec(HELPERS[helper], known)  # noqa: S102 - a constant of the package
        return known

    def recipe(self, node: Node) -> Recipe:
        """How it has a layer; raises SymparamsError where it does not."""
        return recipe_of(node)

    def written(self, network: Network, recipes: Sequence[Recipe]) -> Iterator[Written]:
        """The layers as code."""
        return each_layer(network, recipes, {node.name for node in network.nodes})

    def part(self, names: dict[str, Any], name: str, part: Any) -> None:
        """Keep a part of a layer under its name."""
        names[name] = part

    def tensor(self, shape: Sizes, whole: bool) -> Any:
        """An input of that shape; `whole`: of whole numbers."""
        return self.keras.Input(shape)

    def shape(self, tensor: Any) -> Sizes:
        """The shape without the batch axis."""
        return tuple(tensor.shape[1:])

    def counts(self, parts: Collection[Any]) -> tuple[int, int]:
        """Parameters that are trained, and that are not."""
        trained = {id(w): _product(w.shape) for part in parts for w in part.trainable_weights}
        fixed = {id(w): _product(w.shape) for part in parts for w in part.non_trainable_weights}
        return sum(trained.values()), sum(fixed.values())

    def tensors(self, part: Any) -> tuple[Kept, ...]:
        """The weights of a part; Keras numbers the layers of a program, which is left out."""
        below = (w.path.split("/")[1:] for w in part.weights)
        names = (".".join(re.sub(r"_\d+$", "", name) for name in path) for path in below)
        return tuple(Kept(name, tuple(w.shape)) for name, w in zip(names, part.weights, strict=True))


def _imported() -> Any:
    has_backend = "KERAS_BACKEND" in os.environ or "keras" in sys.modules
    if not has_backend and importlib.util.find_spec("tensorflow") is None:  # which Keras takes if none is named
        for other in filter(importlib.util.find_spec, _BACKENDS):
            os.environ.setdefault("KERAS_BACKEND", other)
    try:
        import keras  # noqa: PLC0415 - an extra
    except ImportError:
        raise SymparamsError(
            "--against keras needs Keras 3 with one of its backends; install them with: "
            'pip install "symparams[frameworks]"'
        ) from None
    if not hasattr(keras, "StatelessScope"):
        raise SymparamsError(
            f"--against keras needs Keras 3, and Keras {keras.__version__} is installed; upgrade it with: "
            'pip install "symparams[frameworks]"'
        )
    return keras


def _product(sizes: Sequence[int]) -> int:
    result = 1
    for size in sizes:
        result *= size
    return result
