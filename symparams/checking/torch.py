"""PyTorch as a witness: modules on the meta device, where tensors have shapes and no numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from symparams.checking.measured import Kept, Sizes
from symparams.converters.recipes import Recipe
from symparams.converters.steps import Written
from symparams.converters.torch import each_layer, recipe_of
from symparams.errors import SymparamsError
from symparams.model.network import Network, Node

_BATCH = 2


class Torch:
    """The installed PyTorch."""

    name = "PyTorch"
    convention = "torch"

    def __init__(self) -> None:
        try:
            import torch  # noqa: PLC0415 - an extra
        except ImportError:
            raise SymparamsError(
                '--against torch needs PyTorch; install it with: pip install "symparams[frameworks]"'
            ) from None
        self.torch = torch
        self.title = f"PyTorch {torch.__version__.partition('+')[0]}"

    @contextmanager
    def building(self) -> Iterator[None]:
        """While layers are built and run: no tensor gets numbers."""
        with self.torch.device("meta"), self.torch.no_grad():
            yield

    def names(self, recipes: Sequence[Recipe]) -> dict[str, Any]:
        """What the code of layers mentions."""
        nn = self.torch.nn
        return {"torch": self.torch, "nn": nn, "F": nn.functional, "len": len}

    def recipe(self, node: Node) -> Recipe:
        """How it has a layer; raises SymparamsError where it does not."""
        return recipe_of(node)

    def written(self, network: Network, recipes: Sequence[Recipe]) -> Iterator[Written]:
        """The layers as code."""
        return each_layer(network, recipes)

    def part(self, names: dict[str, Any], name: str, part: Any) -> None:
        """Keep a part of a layer as an attribute of the module that the code is of."""
        names[f"self.{name}"] = part.eval() if isinstance(part, self.torch.nn.Module) else part

    def tensor(self, shape: Sizes, whole: bool) -> Any:
        """An input of that shape; `whole`: of whole numbers."""
        return self.torch.zeros((_BATCH, *shape), dtype=self.torch.long if whole else self.torch.float)

    def shape(self, tensor: Any) -> Sizes:
        """The shape without the batch axis."""
        return tuple(tensor.shape[1:])

    def counts(self, parts: Collection[Any]) -> tuple[int, int]:
        """Parameters that are trained, and that are not."""
        weights = {id(w): w for part in parts for w in self._parameters(part)}.values()
        sizes = [(w.requires_grad, w.numel()) for w in weights]
        return sum(n for trained, n in sizes if trained), sum(n for trained, n in sizes if not trained)

    def _parameters(self, part: Any) -> list[Any]:
        return list(part.parameters()) if isinstance(part, self.torch.nn.Module) else [part]

    def tensors(self, part: Any) -> tuple[Kept, ...]:
        """The parameters and buffers of a part."""
        if not isinstance(part, self.torch.nn.Module):
            return (Kept("", tuple(part.shape)),)
        return tuple(Kept(name, tuple(w.shape)) for name, w in [*part.named_parameters(), *part.named_buffers()])
