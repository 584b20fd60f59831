"""The catalogue: every layer class found in this folder, under each of its names."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from symparams import extensions
from symparams.model.layer import Layer


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name in the catalogue stands for."""

    name: str  # as the frameworks spell it
    layer: type[Layer]  # the class that is made
    preset: Mapping[str, object] = field(hash=False)  # arguments that the name already says
    rank: int | None  # spatial axes that the name promises: 2 for Conv2D; None: any


Catalogue: TypeAlias = "Mapping[str, Entry]"  # by name, in small letters and without "nn."


def entries(layer: type[Layer]) -> dict[str, Entry]:
    """The catalogue of one layer; `CATALOGUE | entries(MyLayer)` adds a layer of one's own."""
    entries_by_key: dict[str, Entry] = {}
    for name in layer.names:
        entries_by_key.setdefault(key(name), framework_entry(name, layer))
    return entries_by_key


def framework_entry(name: str, layer: type[Layer]) -> Entry:
    """What the class of a framework is here, whatever our own name may be that is spelled alike."""
    return Entry(name, layer, layer.presets.get(name, {}), _rank(name) if layer.ranked else None)


def key(name: str) -> str:
    """How a name is looked up: `nn.Conv2d` and `CONV2D` are `conv2d`."""
    return name.rpartition(".")[2].casefold()


def _rank(name: str) -> int | None:
    promised = re.search(r"([123])[dD]", name)
    return int(promised[1]) if promised else None


def _collected() -> dict[str, Entry]:
    catalogue: dict[str, Entry] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Layer) and value.names:
                catalogue |= entries(value)
    return catalogue


CATALOGUE: Catalogue = MappingProxyType(_collected())


def with_extensions(catalogue: Catalogue, names: Iterable[str]) -> Catalogue:
    """The catalogue, with the layers from extensions that have those of the names which it does not know."""
    unknown = [name for name in map(key, names) if name not in catalogue]
    if not unknown:
        return catalogue
    found = filter(None, (extensions.find("layer", name) for name in unknown))
    more = {name: entry for layer in found for name, entry in entries(layer).items() if name not in catalogue}
    return {**catalogue, **more} if more else catalogue
