"""A `config.json` of Hugging Face's transformers -> the network of its family, bound by the config's keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

from symparams.errors import Place, Source, Span, SymparamsError, listed, nearest
from symparams.reading.families import Architecture, Family, family, family_names
from symparams.reading.family_binding import Bound, bound, shown
from symparams.reading.json_places import Value, read_object
from symparams.reading.reading import Reading, Repair

_LOOKS = re.compile(r"""["'“”](model_type|architectures)["'“”]\s*:""")
_KERAS = re.compile(r"""["'“”]class_name["'“”]\s*:""")


def recognised(text: str) -> float:
    """How sure a look at the text makes that it is such a config: 0 not at all, 1 certainly."""
    found = _LOOKS.search(text)
    if found is None or _KERAS.search(text):
        return 0.0
    return 1.0 if re.match(r"\s*(\w+\s*)?\{", text) else 0.6 if "{" in text[: found.start()] else 0.0


def read_hf(source: Source, model: str | None = None) -> Reading:
    """The network of a config; `model` names another class of its family than the config does."""
    whole, repairs = read_object(source)
    config = cast("Mapping[str, Value]", whole.plain)
    chosen, at = _family(config, source, whole.at)
    architecture, said = _architecture(chosen, config, source, at, model)
    network = bound(chosen, architecture, config, source, at)
    assumed = [*_assumed_class(architecture, said, at), *_assumed_values(network), *network.notes()]
    return Reading("hf", source, network.statements(), repairs, tuple(assumed), said or (architecture.name,))


def family_network(chosen: Family, architecture: Architecture) -> str:
    """The network of a family in the language, with letters, as a config has it that says nothing."""
    return bound(chosen, architecture, {}, Source(chosen.name, ""), Span(0)).text(with_values=False)


# ---------------------------------------------------------------- which family, which class


def _family(config: Mapping[str, Value], source: Source, at: Span) -> tuple[Family, Span]:
    """The family of the model type, or of the class, and where the config says so."""
    names = family_names()
    value = config.get("model_type")
    if value is None:
        return _family_of_class(config, source, at)
    if value.plain in names:
        return family(str(value.plain)), value.at
    text = config.get("text_config")
    inside = text.plain.get("model_type") if text is not None and isinstance(text.plain, dict) else None
    if inside is not None and inside.plain in names:
        message = (
            f"{shown(value, source)} has several parts; the text part is of the family {inside.plain}: "
            "the object under text_config alone can be read"
        )
        raise SymparamsError(message, Place(source, *inside.at))
    near = nearest(value.plain, names) if isinstance(value.plain, str) else ""
    message = (
        f"{shown(value, source)} is not one of the families that are known: {listed(names)}"
        f"{near or '; another network can be written in the language'}"
    )
    raise SymparamsError(message, Place(source, *value.at))


def _family_of_class(config: Mapping[str, Value], source: Source, at: Span) -> tuple[Family, Span]:
    for value in _classes(config):
        for name in family_names():
            if isinstance(value.plain, str) and family(name).architecture(value.plain):
                return family(name), value.at
    message = 'this does not say of which family it is; it needs a key such as "model_type": "llama"'
    raise SymparamsError(message, Place(source, *at))


def _classes(config: Mapping[str, Value]) -> Iterator[Value]:
    """What a config has under `architectures`."""
    value = config.get("architectures")
    if value is not None and value.plain is not None:
        yield from value.plain if isinstance(value.plain, list) else [value]


def _architecture(
    chosen: Family, config: Mapping[str, Value], source: Source, at: Span, model: str | None
) -> tuple[Architecture, tuple[str, ...]]:
    """The class that is meant, and all that the config names, this one first."""
    said = [(value.plain, value.at) for value in _classes(config) if isinstance(value.plain, str)]
    wanted, place = (model, at) if model else said[0] if said else ("", at)
    if not wanted:
        return chosen.classes[0], ()
    found = chosen.architecture(wanted)
    if found is None:
        known = listed([one.name for one in chosen.classes])
        message = f"{wanted} is not one of the classes of {chosen.name} that can be read: {known}"
        raise SymparamsError(message, Place(source, *place))
    return found, tuple(dict.fromkeys([wanted, *(name for name, _ in said)]))


# ---------------------------------------------------------------- what the config leaves open


def _assumed_class(architecture: Architecture, said: tuple[str, ...], at: Span) -> Iterator[Repair]:
    if not said:
        yield Repair(f"it has no `architectures`, so {architecture.name} is taken", at)


def _assumed_values(network: Bound) -> Iterator[Repair]:
    left = [f"{name} = {value}" for name, value in network.missing()]
    if left:
        yield Repair(f"what it does not say is as the library has it: {', '.join(left)}", network.at)
