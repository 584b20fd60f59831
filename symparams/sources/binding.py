"""A layer's brackets -> the layer: positional hyper-parameters, flags and keywords find their arguments."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from symparams.algebra.formula import Formula, Symbol
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError, Place, Source, Span, SymparamsError, listed, nearest
from symparams.layers import Entry
from symparams.model.arguments import Argument, Raw, arguments_of, described, read, takes_word
from symparams.model.layer import Layer
from symparams.sources import records as r
from symparams.sources.hints import instead, too_many
from symparams.sources.words import FROZEN


class Given(NamedTuple):
    """An argument as written, its names resolved."""

    keyword: str | None
    value: Any  # as `bind` takes it, a Raw; before other layers are placed it may wait for them
    called: str = ""  # what a framework calls it, for messages


class Signature(NamedTuple):
    """What a layer's brackets may hold."""

    positional: tuple[Argument, ...]
    keywords: Mapping[str, Argument]  # by name and by short name
    words: Mapping[str, Argument]  # flag word: the argument it sets
    required: tuple[Argument, ...]


_signatures: dict[type[Layer], Signature] = {}


def signature(layer: type[Layer]) -> Signature:
    """What a layer class takes; worked out once."""
    if layer not in _signatures:
        _signatures[layer] = _signature(layer)
    return _signatures[layer]


def _signature(layer: type[Layer]) -> Signature:
    every = tuple(arguments_of(layer))
    keywords = {a.name: a for a in every} | {a.short: a for a in every if a.short}
    words = {word: a for a in reversed(every) for word in a.kind.words}  # the first argument that has a word gets it
    required = tuple(a for a in every if a.default is dataclasses.MISSING)
    return Signature(tuple(a for a in every if a.positional), keywords, words, required)


def bind(entry: Entry, name: str, given: tuple[Given, ...], reserved: frozenset[str]) -> Layer:
    """The layer, called by `name`, with its arguments; raises LayerError with the number of the one that is wrong."""
    accepts = signature(entry.layer)
    values: dict[str, object] = dict(entry.preset)
    waiting = [a for a in accepts.positional if a.name not in values]
    for index, (keyword, value, called) in enumerate(given):
        try:
            if keyword is not None:
                argument = _by_keyword(entry, keyword, name)
            elif _is_flag(value, accepts):
                assert isinstance(value, Symbol)
                argument, value = accepts.words[value.name.casefold()], value.name
            else:
                argument, value = _next_positional(accepts, waiting, value, name, reserved)
            if argument.name in values and not (argument.variadic and keyword is None):
                raise LayerError(f"{name} gets {argument.name} twice")
            if argument.variadic and keyword is None:
                _extend(values, argument, value, name)
            else:
                values[argument.name] = _read(argument, _word(argument, value, keyword, reserved), name, called)
        except LayerError as error:
            error.argument = index
            raise
    missing = [a.name for a in accepts.required if a.name not in values]
    if missing:
        raise LayerError(f"{name} needs {listed(missing)}: {form(entry, name)}")
    return entry.layer(**values)


bound = lru_cache(1024)(bind)  # the same call with the same arguments is the same layer


def _is_flag(value: Raw, accepts: Signature) -> bool:
    return isinstance(value, Symbol) and value.value is None and value.name.casefold() in accepts.words


def _word(argument: Argument, value: Raw, keyword: str | None, reserved: frozenset[str]) -> Raw:
    """A bare name after a keyword may be a word of that argument: padding=same, bias=no."""
    if keyword is None or not isinstance(value, Symbol) or value.value is not None:
        return value
    return value.name if value.name.casefold() in reserved or takes_word(argument, value.name) else value


def _read(argument: Argument, raw: Raw, name: str, called: str = "") -> object:
    """The value of an argument; an error in it says which layer it was given to."""
    try:
        return read(argument, raw, called)
    except LayerError as error:
        error.matter = f"{name}: {error.matter}"
        raise


def _extend(values: dict[str, object], argument: Argument, value: Raw, name: str) -> None:
    """input(28, 28, 1): several positional values for one argument."""
    before = values.get(argument.name, ())
    assert isinstance(before, tuple)
    added = _read(argument, value, name)
    assert isinstance(added, tuple)
    values[argument.name] = before + added


def _by_keyword(entry: Entry, keyword: str, name: str) -> Argument:
    accepts = signature(entry.layer)
    argument = accepts.keywords.get(keyword)
    if keyword in entry.layer.sources:
        raise LayerError(f"{name}: {keyword} takes the name of a tensor: {keyword}=@name")
    if argument is None:
        known = ", ".join(dict.fromkeys(a.name for a in accepts.keywords.values()))
        hint = instead(keyword, accepts.keywords, name) or f"; it has {known}"
        raise LayerError(f"{name} has no argument `{keyword}`{hint}")
    return argument


def _next_positional(
    accepts: Signature, waiting: list[Argument], value: Raw, name: str, reserved: frozenset[str]
) -> tuple[Argument, Raw]:
    bare = value.name if isinstance(value, Symbol) and value.value is None else None
    if bare is not None and bare.casefold() in reserved:
        raise LayerError(f"{name} has no flag `{bare}`")
    if not waiting:
        if bare is not None:
            raise LayerError(f"{name} has no flag `{bare}`{nearest(bare, accepts.words)}")
        takes = listed([a.name for a in accepts.positional]) or "nothing"
        hint = too_many(name, accepts.keywords, described(value)) if isinstance(value, Formula) else ""
        raise LayerError(f"{name} takes {takes} without a keyword; {described(value)} is one too many{hint}")
    argument = waiting[0] if waiting[0].variadic else waiting.pop(0)
    return argument, value


def form(entry: Entry, name: str) -> str:
    """How a layer is written: conv(filters, kernel, stride=1 …)."""
    accepts = signature(entry.layer)
    inside = [a.name + ("" if a.default is dataclasses.MISSING else "?") for a in accepts.positional]
    return f"{name}({', '.join(inside)})"


def is_frozen(argument: r.Argument) -> bool:
    """Whether an argument is the flag that keeps parameters from training."""
    value = argument.value
    return argument.keyword is None and isinstance(value, Symbol) and value.name.casefold() == FROZEN


def is_source(argument: r.Argument, layer: type[Layer]) -> bool:
    """Whether @name as an argument is a tensor that the layer takes beside the one that flows in."""
    if argument.keyword is not None:
        return argument.keyword in layer.sources
    return layer.inputs in ("many", "some")


def takes_nothing(arguments: Sequence[r.Argument], layer: type[Layer]) -> bool:
    """Whether a layer that may start a chain is written without what makes it take something."""
    if layer.inputs != "optional":
        return False
    accepts = signature(layer)
    for argument in arguments:
        value, keyword = argument.value, argument.keyword
        word = value.name.casefold() if isinstance(value, Symbol) and keyword is None else ""
        given = accepts.words.get(word) if keyword is None else accepts.keywords.get(keyword)
        if given is not None and given.name == layer.taking:
            return False
    return True


# ---------------------------------------------------------------- macros


def bind_macro(
    macro: r.Macro, given: Sequence[r.Argument], at: Span, source: Source
) -> dict[str, tuple[Formula, Span]]:
    """The expression for each parameter that is given, with its place; a missing or unknown parameter is an error."""
    names = [p.name for p in macro.parameters]
    waiting = list(names)
    expressions: dict[str, tuple[Formula, Span]] = {}
    for argument in given:
        place = Place(source, *argument.at)
        name = argument.keyword or (waiting[0] if waiting else None)
        if name is None:
            takes = _counted(len(names), "value")
            raise SymparamsError(f"the macro `{macro.name}` takes {takes}; this is one too many", place)
        if name not in names:
            raise SymparamsError(f"the macro `{macro.name}` has no parameter `{name}`{nearest(name, names)}", place)
        if name in expressions:
            raise SymparamsError(f"the macro `{macro.name}` gets `{name}` twice", place)
        if not isinstance(argument.value, Formula):
            raise SymparamsError(f"the parameter `{name}` of `{macro.name}` takes a value", place)
        waiting.remove(name)
        expressions[name] = argument.value, argument.at
    missing = next((p.name for p in macro.parameters if p.default is None and p.name not in expressions), None)
    if missing is not None:
        raise SymparamsError(f"the macro `{macro.name}` needs {missing}: {_form(macro)}", Place(source, *at))
    return expressions


def _counted(count: int, what: str) -> str:
    return f"no {what}s" if count == 0 else f"one {what}" if count == 1 else f"{count} {what}s"


def _form(macro: r.Macro) -> str:
    inside = ", ".join(
        p.name + (f"={shown(p.default, PLAIN)}" if p.default is not None else "") for p in macro.parameters
    )
    return f"{macro.name}({inside})"
