"""Which framework a class name is of, and what it is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache
from typing import NamedTuple

from symparams.layers import CATALOGUE, Catalogue, Entry, framework_entry, key
from symparams.model.framework import Framework, FrameworkClass
from symparams.model.tensor import Convention


class Meaning(NamedTuple):
    """A class of a framework."""

    name: str  # as the framework spells it
    called: FrameworkClass  # its arguments
    entry: Entry  # the layer that it is here


FRAMEWORKS: tuple[Framework, ...] = ("keras", "keras 1", "torch")
SPOKEN: dict[Convention, str] = {"keras": "Keras", "torch": "PyTorch"}


@cache
def classes() -> Mapping[Framework, Mapping[str, Meaning]]:
    """Every class of the frameworks that the catalogue has, by its name in small letters."""
    found: dict[Framework, dict[str, Meaning]] = {framework: {} for framework in FRAMEWORKS}
    for layer in dict.fromkeys(entry.layer for entry in CATALOGUE.values()):
        for called in vars(layer).get("calls", ()):
            for name in called.names:
                found[called.framework][name.casefold()] = Meaning(name, called, framework_entry(name, layer))
    return found


def meanings(name: str, catalogue: Catalogue) -> dict[Framework, Meaning]:
    """What a name may mean, by framework: its prefix decides, else its exact spelling does; none for our own names."""
    own = key(name)
    return {} if catalogue.get(own) is not CATALOGUE.get(own) else _meanings(name)  # a catalogue of one's own wins


@lru_cache(1024)
def _meanings(name: str) -> dict[Framework, Meaning]:
    before, _, last = name.rpartition(".")
    prefix = _framework_of(before)
    found = {framework: known[last.casefold()] for framework, known in classes().items() if last.casefold() in known}
    if prefix is not None:
        return {framework: m for framework, m in found.items() if convention_of(framework) == prefix}
    return {framework: m for framework, m in found.items() if m.name == last}


def _framework_of(prefix: str) -> Convention | None:
    """The framework that a prefix such as `nn` or `tf.keras.layers` says."""
    parts = prefix.casefold().split(".")
    if parts[0] == "torch" or (parts[-1] == "nn" and parts[0] != "tf"):
        return "torch"
    return "keras" if "keras" in parts or parts[-1] in ("layers", "l", "kl", "tfkl") else None


def convention_of(framework: Framework) -> Convention:
    """The convention of a framework, whatever its version."""
    return "torch" if framework == "torch" else "keras"


def counterpart(meaning: Meaning, convention: Convention) -> str:
    """What the other framework calls the same layer, for messages; empty where it has none."""
    others = (m for f in FRAMEWORKS for m in classes()[f].values() if convention_of(f) == convention)
    same = [m for m in others if replace(m.entry, name=meaning.entry.name) == meaning.entry]
    return same[0].name if same else ""
