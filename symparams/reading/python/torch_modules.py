"""Modules of PyTorch: leaves of the catalogue, containers, classes of the program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from symparams.algebra.formula import Formula
from symparams.errors import Span
from symparams.reading.python.allowance import check_size
from symparams.reading.python.graph import Torch, record
from symparams.reading.python.run import Run
from symparams.reading.python.values import Arguments, Copies, Given, Native, Unknown, Value, copied, is_number, letter
from symparams.sources import records as r

_SAME = ("to", "cuda", "cpu", "train", "eval", "float", "half", "double", "apply", "requires_grad_", "append_all")
_NOTHING = (
    "register_buffer",
    "load_state_dict",
    "zero_grad",
    "reset_parameters",
    "register_forward_hook",
    "share_memory",
)


CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
OWN = ""  # the name of the layer that a class of the program extends, among the parts of its instance


class Module(Value):
    """What `nn.Module` does in every module."""

    children: dict[str, Any]  # modules and parameters by attribute, in the order in which they were set
    frozen = False
    torch: Torch

    def parts(self) -> Iterator[tuple[str, Module]]:
        """Modules directly inside, each once."""
        seen: set[int] = set()
        for name, child in self.children.items():
            if isinstance(child, Module) and id(child) not in seen:
                seen.add(id(child))
                yield name, child

    def inside(self) -> Iterator[Module]:
        """The module and all in it, each once."""
        seen: set[int] = set()
        waiting: list[Module] = [self]
        while waiting:
            module = waiting.pop()
            if id(module) not in seen:
                seen.add(id(module))
                yield module
                waiting.extend(reversed([child for _, child in module.parts()]))

    def module_attribute(self, run: Run, name: str) -> Any:
        """What every module has."""
        if name in _SAME:
            return Native(name, lambda run, given: self._same(name, given))
        if name in _NOTHING:
            return Native(name, lambda run, given: None)
        if name in ("parameters", "named_parameters"):
            proxies = [Weights(m) for m in self.inside()]
            found: list[Any] = proxies if name == "parameters" else [("weight", p) for p in proxies]
            return Native(name, lambda run, given: found)
        if name in ("modules", "children", "named_children", "named_modules"):
            return Native(name, lambda run, given: self._listed(name))
        if name in ("add_module", "register_module", "register_parameter"):
            return Native(name, lambda run, given: self.put(str(given.get(0, "name")), given.get(1, "module", "param")))
        if name == "training":
            self.torch.asked_training = True
            return self.torch.training
        if name == "forward":
            return Native(name, self.called)
        if name == "__class__":
            return Unknown(self.text())
        return None

    def _same(self, name: str, given: Arguments) -> Any:
        if name == "requires_grad_" and given.get(0, default=True) is False:
            for module in self.inside():
                module.frozen = True
        return self

    def _listed(self, name: str) -> list[Any]:
        found: list[tuple[str, Any]] = [(name, part) for name, part in self.parts() if name != OWN]
        if name.endswith("modules"):
            found = [("", m) for m in self.inside()]
        return found if name.startswith("named") else [m for _, m in found]

    def put(self, name: str, value: Any) -> None:
        """Register a part."""
        if isinstance(value, (Module, Parameter)):
            self.children[name] = value
            if isinstance(value, Parameter) and not value.name:
                value.name = name

    def paths(self, before: str = "") -> Iterator[tuple[str, Any]]:
        """Every module and parameter inside, with its path of attributes."""
        waiting: list[tuple[str, Any]] = [(before, self)]
        seen: set[int] = set()
        while waiting:
            path, one = waiting.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            yield path, one
            if isinstance(one, Module):
                inner = [
                    (f"{path}.{name}" if path and name else path or name, child) for name, child in one.children.items()
                ]
                waiting.extend(reversed(inner))


class Parameter(Value):
    """`nn.Parameter(torch.zeros(1, 1, d))`."""

    def __init__(self, torch: Torch, shape: Sequence[Any], at: Span) -> None:
        self.torch = torch
        self.shape = tuple(shape)
        self.at = at
        self.name = ""
        self.frozen = False

    def text(self) -> str:
        return self.name or "parameter"

    def copied(self, run: Run, deeply: Copies | None) -> Any:
        made = Parameter(self.torch, self.shape, self.at)
        made.name, made.frozen = self.name, self.frozen
        return made

    def attribute(self, run: Run, name: str) -> Any:
        if name == "shape":
            return self.shape
        return self.torch.parameter_tensor(run, self).attribute(run, name)

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        if name == "requires_grad" and value is False:
            self.frozen = True

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        return self.torch.parameter_tensor(run, self).operated(run, operator, other, reflected, at)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        return self.torch.parameter_tensor(run, self).item(run, key, at)


class Weights(Value):
    """The weights of a module, as loops over them have them."""

    def __init__(self, module: Module, name: str = "") -> None:
        self.module = module
        self.name = name

    def text(self) -> str:
        return f"{self.module.text()}.{self.name or 'parameters'}"

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        if name == "requires_grad" and not self.name:
            self.module.frozen = value is False

    def attribute(self, run: Run, name: str) -> Any:
        if name == "requires_grad_":
            return Native(name, lambda run, given: self.set_attribute(run, "requires_grad", given.get(0, default=True)))
        flow = self._flow(run)
        return Unknown(f"{self.text()}.{name}") if flow is None else flow.attribute(run, name)

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        flow = self._flow(run)
        return self if flow is None else flow.operated(run, operator, other, reflected, at)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        flow = self._flow(run)
        return super().item(run, key, at) if flow is None else flow.item(run, key, at)

    def _flow(self, run: Run) -> Any:
        """The table of an embedding, as it flows; None for any other weights."""
        is_table = self.name == "weight" and isinstance(self.module, Leaf)
        return self.module.torch.table_tensor(run, self.module) if is_table else None


class Leaf(Module):
    """A module of the catalogue."""

    def __init__(self, torch: Torch, kind: str, given: Arguments) -> None:
        self.torch = torch
        self.kind = kind
        self.given = given
        self.children = {}
        self.tied: Leaf | None = None  # whose matrix it has

    def text(self) -> str:
        return self.kind

    def copied(self, run: Run, deeply: Copies | None) -> Any:
        run.allowance.make()
        made = Leaf(self.torch, self.kind, self.given)
        made.frozen, made.tied = self.frozen, copied(run, self.tied, deeply)
        return made

    def recorded(self) -> r.Call:
        """The module as an argument of another, or in a place of its own."""
        return record(f"nn.{self.kind}", self.given, drop=("device", "dtype"))

    def called(self, run: Run, given: Arguments) -> Any:
        return self.torch.leaf(run, self, given)

    def attribute(self, run: Run, name: str) -> Any:
        if name in ("weight", "bias"):
            return Weights(self, name)
        place = _PLACES.get(name)
        if place is not None:
            return self.given.get(place, name, default=Unknown(name))
        known = self.module_attribute(run, name)
        return Unknown(f"{self.kind}.{name}") if known is None else known

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        if name == "weight" and isinstance(value, Weights) and isinstance(value.module, Leaf):
            one, other = (self, value.module) if self.kind == "Linear" else (value.module, self)
            one.tied = other


_PLACES = {"in_features": 0, "in_channels": 0, "out_features": 1, "out_channels": 1, "hidden_size": 1, "input_size": 0,
           "num_embeddings": 0, "embedding_dim": 1, "num_features": 0, "kernel_size": 2,
           "embed_dim": 0, "num_heads": 1}  # fmt: skip


class Container(Module):
    """Sequential, ModuleList and ModuleDict."""

    def __init__(self, torch: Torch, kind: str, run: Run, given: Arguments) -> None:
        self.torch = torch
        self.kind = kind
        self.children = {}
        self.at = given.at
        first = given.get(0, "modules")
        if isinstance(first, dict):
            self.children.update({str(k): v for k, v in first.items()})
            return
        values = [g.value for g in given.positional]
        if kind != "Sequential" or (len(values) == 1 and isinstance(values[0], (list, tuple))):
            values = list(run.each(first) or ()) if values else []
        self.extend(values)

    def text(self) -> str:
        return self.kind

    def copied(self, run: Run, deeply: Copies | None) -> Any:
        made = Container(self.torch, self.kind, run, Arguments(at=self.at))
        made.children = self.children if deeply is None else copied(run, self.children, deeply)
        return made

    def extend(self, values: Sequence[Any]) -> Container:
        """Put modules behind the others."""
        for value in values:
            if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str):
                self.children[value[0]] = value[1]
            else:
                self.children[str(len(self.children))] = value
        return self

    def items(self, run: Run) -> Sequence[Any]:
        return list(self.children) if self.kind == "ModuleDict" else list(self.children.values())

    def operated(self, run: Run, operator: str, other: Any, reflected: bool, at: Span) -> Any:
        more = run.each(other)
        if operator != "Add" or more is None:
            return super().operated(run, operator, other, reflected, at)
        check_size(len(self.children) + len(more))
        run.allowance.spend(len(self.children) + len(more))
        made = Container(self.torch, self.kind, run, Arguments(at=at))
        values = list(self.children.values())
        return made.extend([*more, *values] if reflected else [*values, *more])

    def length(self, run: Run) -> Any:
        return len(self.children)

    def item(self, run: Run, key: Any, at: Span) -> Any:
        if isinstance(key, str):
            return self.children.get(key, Unknown(key))
        values = list(self.children.values())
        if isinstance(key, slice):
            try:
                part = values[key]
            except TypeError:
                return Unknown("modules")
            return Container(self.torch, self.kind, run, Arguments([Given(part, at)], {}, at))
        return values[key] if isinstance(key, int) and -len(values) <= key < len(values) else Unknown("module")

    def set_item(self, run: Run, key: Any, value: Any) -> None:
        if isinstance(key, int) and key < 0:
            key += len(self.children)
        self.children[str(key)] = value

    def attribute(self, run: Run, name: str) -> Any:
        if name == "append":
            return Native(name, lambda run, given: self.extend([given.get(0)]))
        if name == "extend":
            return Native(name, lambda run, given: self.extend(run.each(given.get(0)) or ()))
        if name == "insert":
            return Native(name, lambda run, given: self._insert(given.get(0), given.get(1)))
        if name in ("keys", "values", "items") and self.kind == "ModuleDict":
            return Native(name, lambda run, given: list(getattr(self.children, name)()))
        if name in self.children:
            return self.children[name]
        known = self.module_attribute(run, name)
        return Unknown(f"{self.kind}.{name}") if known is None else known

    def _insert(self, index: Any, value: Any) -> None:
        values = list(self.children.values())
        if isinstance(index, int):
            values.insert(index, value)
            self.children = {str(i): v for i, v in enumerate(values)}

    def set_attribute(self, run: Run, name: str, value: Any) -> None:
        self.put(name, value)

    def called(self, run: Run, given: Arguments) -> Any:
        flow = given.get(0, "input")
        if self.torch.outside(run, self, given):
            return self.torch.ran(run, self, given)
        if not self.children:
            return self.torch.nothing_inside(run, self, given)
        for child in self.children.values():
            if isinstance(child, Value):
                flow = child.called(run, Arguments([Given(flow, given.at)], {}, given.at))
        return flow


def size(value: Any) -> Any:
    """A whole number or a letter out of an argument; None if it is neither."""
    value = letter(value)
    return value if (is_number(value) and not isinstance(value, (bool, float))) or isinstance(value, Formula) else None


def function_name(kind: str) -> str:
    """How a module that has no name is called: nn.ReLU()(x) is relu_1."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", kind).lower()
