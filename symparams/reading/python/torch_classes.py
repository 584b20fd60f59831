"""Classes of a PyTorch program that extend a module: their instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symparams.errors import Span
from symparams.reading.python.functions import Instance, UserClass
from symparams.reading.python.graph import Torch
from symparams.reading.python.run import Run
from symparams.reading.python.torch_modules import CONTAINERS, OWN, Container, Leaf, Module, Parameter
from symparams.reading.python.values import Arguments, Given, Unknown

_HOLDING = ("append", "extend", "keys", "values", "items")  # what containers can do beside what every module can


class UserModule(Instance, Module):
    """An instance of a class that extends Module."""

    def __init__(self, cls: UserClass, torch: Torch) -> None:
        super().__init__(cls)
        self.torch = torch
        self.children = {}

    def roots(self) -> list[str]:
        """The names of the classes of PyTorch that the class extends."""
        return [root.rpartition(".")[2] for root in self.cls.roots()]

    def start(self, run: Run, given: Arguments) -> None:
        if self.has("__init__"):
            super().start(run, given)
        else:
            self.begin(run, given)

    def begin(self, run: Run, given: Arguments) -> None:
        """What `__init__` of the class of PyTorch does."""
        kind = next(filter(self.torch.is_layer, self.roots()), None)
        if kind is not None:
            run.allowance.make()
            self.put(OWN, Leaf(self.torch, kind, given))
            return
        for name, child in Container(self.torch, self._holds() or "Module", run, given).children.items():
            self.put(name, child)

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        if not isinstance(value, (Module, Parameter)):  # a part that takes the place of another keeps it
            self.children.pop(name, None)
        self.fields[name] = value
        self.put(name, value)

    def put(self, name: str, value: Any) -> None:
        self.fields[name] = value
        super().put(name, value)

    def other(self, run: Run, name: str) -> Any:
        if name in _HOLDING and self._holds():
            return Container.attribute(self._held(run), run, name)
        own = self.children.get(OWN)
        known = self.module_attribute(run, name) if own is None else own.attribute(run, name)
        return Unknown(f"self.{name}") if known is None else known

    def _holds(self) -> str | None:
        """The container that the class extends; None if it extends none."""
        return next((root for root in self.roots() if root in CONTAINERS), None)

    def _held(self, run: Run) -> Container:
        """The parts of the module as a container has them."""
        made = Container(self.torch, self._holds() or "Sequential", run, Arguments())
        made.children = self.children
        return made

    def items(self, run: Run) -> Sequence[Any]:
        return self._held(run).items(run)

    def length(self, run: Run) -> Any:
        return self._held(run).length(run) if self._holds() else super().length(run)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        return self._held(run).item(run, key, at) if self._holds() else super().item(run, key, at)

    def called(self, run: Run, given: Arguments) -> Any:
        if self.torch.outside(run, self, given):
            return self.torch.ran(run, self, given)
        if self.has("forward"):
            return self.run_method(run, "forward", given)
        flow = given.get(0)
        for child in list(self.children.values()):
            if isinstance(child, Module) and not isinstance(flow, Unknown):
                if isinstance(child, Leaf):
                    flow = self.torch.flat_for(run, child, flow, given.at)
                flow = child.called(run, Arguments([Given(flow, given.at)], {}, given.at))
        return flow
