"""The models of a PyTorch program: those that it makes, and those that it would make if somebody called it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symparams.errors import LimitError, SymparamsError
from symparams.reading.python.allowance import STEPS
from symparams.reading.python.functions import Function, UserClass
from symparams.reading.python.run import Run
from symparams.reading.python.torch_classes import UserModule
from symparams.reading.python.torch_modules import Container, Leaf, Module
from symparams.reading.python.torch_rows import follow_one_another, in_a_row, in_order, is_weighted, numbered
from symparams.reading.python.values import Arguments


class TorchFinding:
    """What a program has made."""

    made: list[Module]  # all modules of a program, as it made them
    models: list[Module]
    inputs: Any  # the Entrances of torch_inputs

    def found(self, run: Run) -> dict[str, Module]:
        """The models that a program has made, by the names that it gives them."""
        found: dict[str, Module] = {}
        self._complete(run)
        leaves: dict[str, Leaf] = {}
        for name, value in run.globals.names.items():
            if isinstance(value, (UserModule, Container)) and not any(value is m for m in found.values()):
                found[name] = value
            elif isinstance(value, Leaf):
                leaves[name] = value
        given = [leaf.given.get(0, "encoder_layer", "decoder_layer") for leaf in leaves.values()]
        leaves = {name: leaf for name, leaf in leaves.items() if not any(leaf is inner for inner in given)}
        for module in self.models:
            if not isinstance(module, Leaf) and not any(module is m for m in found.values()):
                found[module.text()] = module
        if not found and not leaves:  # they were made in functions, whose names are gone, or stand alone
            alone = numbered(one for one in self.made if isinstance(one, Leaf))
            if 1 < len(alone) == len(self.made) and follow_one_another(alone):
                return {"model": in_a_row(self, alone)}
            for module in sorted(self.made, key=lambda module: isinstance(module, Leaf)):
                found.setdefault(module.text(), module)
        held = {id(inner) for m in found.values() for inner in m.inside() if inner is not m}
        whole = {n: m for n, m in found.items() if id(m) not in held}
        if not whole and len(leaves) > 1 and not any(map(self.inputs.is_run, leaves.values())) and in_order(leaves):
            whole = {"model": in_a_row(self, leaves)}
        if set(whole) == {"model"} or not whole:
            return whole | leaves
        return whole | {n: m for n, m in leaves.items() if id(m) not in held and is_weighted(m)}

    def parts(self, found: Mapping[str, Module], whole: str) -> tuple[str, ...]:
        """The names of the models that are parts of another one: the layers of a row; `found` has left out others."""
        return tuple(name for name in found if name != whole) if whole == "model" else ()

    def _complete(self, run: Run) -> None:
        """A class whose head is missing has the functions that stand beside it."""
        alone = run.globals.names.get("self")
        if isinstance(alone, UserModule):
            for name, value in run.globals.names.items():
                if isinstance(value, Function):
                    alone.cls.members.setdefault(name, value)

    def call_what_was_not(self, run: Run, wanted: str | None) -> None:
        """Make the models that the program only describes: by its functions without parameters, else by its classes."""
        names = run.globals.names
        meant = names.get(wanted or "")
        if isinstance(meant, (Function, UserClass)):
            self._try(run, meant, meant.name)
            return
        for value in list(names.values()):
            if isinstance(value, Function) and not value.calls and _needs_nothing(value):
                self._try(run, value, value.name)
                if run.allowance.left < STEPS // 2 and self.found(run):
                    return  # what is left is for following the first one
        if self.found(run):
            return
        for value in reversed(list(names.values())):
            if isinstance(value, UserClass) and not value.made and value.roots():
                self._try(run, value, value.name)
        for value in list(names.values()) if not self.found(run) else ():
            if isinstance(value, Function) and not value.calls:
                self._try(run, value, value.name)

    def _try(self, run: Run, value: Any, name: str) -> None:
        try:
            made = value.called(run, Arguments(at=run.spans(value.node)))
        except LimitError:
            raise
        except SymparamsError:
            return
        if isinstance(made, (UserModule, Container)):
            kept = dict(run.globals.names)
            run.globals.names.clear()  # classes are tried from the last one on, and are to stand in their order
            run.globals.names.update({f"{name}": made} if not isinstance(value, UserClass) else {})
            run.globals.names.update({k: v for k, v in kept.items() if k != name})
            if isinstance(value, UserClass):
                run.globals.names[name] = made
            else:
                run.globals.names[name] = run.globals.names.pop(name)


def _needs_nothing(function: Function) -> bool:
    spec = function.node.args
    return len(spec.args) == len(spec.defaults) and bool(function.name)
