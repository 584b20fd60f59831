"""What stands in the brackets of a framework's class -> what the same layer takes here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, zip_longest
from typing import TypeAlias

from symparams.algebra.formula import Formula, Number, Symbol, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.errors import LayerError, Place, Source, Span, SymparamsError, listed, nearest
from symparams.layers import key
from symparams.model.arguments import (
    COUNT,
    KEEP,
    KEPT_SIZES,
    LAYER,
    SETTINGS,
    TARGET,
    Argument,
    Quoted,
    Raw,
    read,
)
from symparams.model.framework import Parameter
from symparams.sources import records as r
from symparams.sources.binding import Signature, is_source, signature
from symparams.sources.framework_names import SPOKEN, Meaning, classes, convention_of
from symparams.sources.printer import written_item, written_value
from symparams.sources.words import FROZEN

# What every layer of Keras takes, whatever its class.
EVERY_KERAS = frozenset((
    "name", "trainable", "dtype", "autocast", "dynamic", "input_shape", "batch_input_shape", "batch_shape",
    "batch_size", "input_dim", "input_length", "input_dtype", "weights", "activity_regularizer", "data_format",
    "dim_ordering", "implementation", "fused", "virtual_batch_size", "adjustment", "time_major", "bounding_box_format",
))  # fmt: skip


Inner: TypeAlias = Callable[["r.Call | r.Group"], "r.Call | r.Group"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A framework's call, each argument with what it is."""

    given: list[tuple[Parameter, r.Argument]] = field(default_factory=list)  # by the framework's signature
    own: list[r.Argument] = field(default_factory=list)  # flags and keywords of our own
    common: dict[str, r.Argument] = field(default_factory=dict)  # what every layer of the framework takes, by name
    missing: list[str] = field(default_factory=list)  # what the framework demands and is not given


def bound(call: r.Call, meaning: Meaning, source: Source) -> Bound:
    """The arguments of a call as its framework reads them; raises SymparamsError for one that it does not have."""
    found, accepts = Bound(), signature(meaning.entry.layer)
    parameters = meaning.called.parameters()
    waiting = [p for p in parameters if p.positional]
    by_name = {p.name: p for p in parameters}
    seen: set[str] = set()
    for argument in call.arguments:
        keyword, parameter = _as_now(argument.keyword, meaning, by_name), None
        if keyword is None and not _is_own(argument, meaning, accepts):
            if not waiting and meaning.called.takes_anything:
                continue
            if not waiting:
                raise _error(_too_many(call, meaning, argument), argument, source)
            parameter = waiting.pop(0)
            if isinstance(argument.value, tuple) and meaning.called.framework == "keras 1":  # (2, 2) for nb_row, nb_col
                together = {p.name for p in waiting if p.argument == parameter.argument != ""}
                waiting = [p for p in waiting if p.name not in together]
                seen |= together
        elif keyword in by_name:
            parameter = by_name[keyword]
            waiting = [p for p in waiting if p is not parameter]
        elif keyword in EVERY_KERAS and convention_of(meaning.called.framework) == "keras":
            assert keyword is not None
            found.common[keyword] = argument
        elif keyword is None or keyword in accepts.keywords or keyword in meaning.entry.layer.sources:
            found.own.append(argument)
        elif meaning.called.takes_anything:
            continue
        else:
            raise _error(_unknown(call, meaning, keyword), argument, source)
        name = keyword if parameter is None else parameter.name
        if name is not None and name in seen:
            raise _error(f"{call.name} gets {name} twice", argument, source)
        seen.update([name] if name is not None else [])
        if parameter is not None:
            found.given.append((parameter, argument))
    mine = set(_assigned(found, accepts))
    found.missing.extend(p.name for p in parameters if p.required and p.name not in seen and p.argument not in mine)
    return found


def _as_now(keyword: str | None, meaning: Meaning, known: Mapping[str, Parameter]) -> str | None:
    """A keyword of Keras 1 as Keras 2 calls it, which takes both."""
    if keyword is None or keyword in known or meaning.called.framework != "keras":
        return keyword
    old = classes()["keras 1"].get(meaning.name.casefold())
    argument = next((p.argument for p in old.called.parameters() if p.name == keyword), "") if old is not None else ""
    return next((name for name, p in known.items() if argument and p.argument == argument), keyword)


def _error(matter: str, argument: r.Argument, source: Source) -> SymparamsError:
    return SymparamsError(matter, Place(source, *argument.at))


def _is_own(argument: r.Argument, meaning: Meaning, accepts: Signature) -> bool:
    """Whether what stands without a keyword is of our own: a flag such as `same`, or a tensor beside the first."""
    value = argument.value
    if isinstance(value, r.Reference):
        return is_source(argument, meaning.entry.layer)
    return isinstance(value, Symbol) and (value.name.casefold() in accepts.words or value.name.casefold() == FROZEN)


def _assigned(found: Bound, accepts: Signature) -> Iterable[str]:
    """Our arguments that our own flags and keywords set."""
    for argument in found.own:
        value = argument.value
        if argument.keyword is not None:
            own = accepts.keywords.get(argument.keyword)
        else:
            own = accepts.words.get(value.name.casefold()) if isinstance(value, Symbol) else None
        if own is not None:
            yield own.name


def _too_many(call: r.Call, meaning: Meaning, argument: r.Argument) -> str:
    names = [p.name for p in meaning.called.parameters() if p.positional]
    spoken = SPOKEN[convention_of(meaning.called.framework)]
    if not names:
        return f"{call.name} takes no arguments in {spoken}; {written_value(argument.value)} is one too many"
    takes = names[0] if len(names) == 1 else f"{len(names)} arguments" if len(names) > 6 else listed(names)
    return f"{call.name} takes {takes} in {spoken}; {written_value(argument.value)} is one too many"


def _unknown(call: r.Call, meaning: Meaning, keyword: str) -> str:
    names = [p.name for p in meaning.called.parameters()]
    near = nearest(keyword, [*names, *signature(meaning.entry.layer).keywords])
    has = f"; {SPOKEN[convention_of(meaning.called.framework)]} has {listed(names)}" if names else ""
    return f"{call.name} has no argument `{keyword}`{near or has}"


# ---------------------------------------------------------------- as it is written here


def own_arguments(found: Bound, meaning: Meaning, at: Span, inner: Inner) -> list[r.Argument]:
    """The arguments in our own names; `inner` does the same for layers in the brackets, `at` is of the whole call."""
    accepts = signature(meaning.entry.layer)
    written: dict[str, list[r.Argument]] = {}
    for parameter, argument in found.given:
        if not parameter.argument:
            continue
        own = accepts.keywords[parameter.argument]
        value = _as_here(argument.value, own, parameter, inner)
        if isinstance(value, tuple) and own.variadic and any(isinstance(one, r.Call) for one in value):
            cells = [r.Argument(None, one, argument.at) for one in value if isinstance(one, r.Call)]
            written[own.name] = cells
        elif value is not None:
            added = r.Argument(own.name, value, argument.at, argument.keyword or parameter.name)
            written.setdefault(own.name, []).append(added)
    mine = {p.argument for p, _ in found.given} | set(_assigned(found, accepts)) | set(meaning.entry.preset)
    for parameter in meaning.called.parameters():
        if parameter.default and parameter.argument not in mine:
            written[parameter.argument] = [r.Argument(parameter.argument, _default(parameter.default), at)]
    several = (one for ones in written.values() for one in (ones if ones[0].keyword is None else [_joined(ones)]))
    return [*several, *(_inside(a, inner) for a in found.own)]


def _joined(several: Sequence[r.Argument]) -> r.Argument:
    """One argument here of several of a framework: rows and columns of a kernel."""
    first = several[0]
    return first if len(several) == 1 else first._replace(value=tuple(one.value for one in several))


def _inside(argument: r.Argument, inner: Inner) -> r.Argument:
    value = argument.value
    return argument._replace(value=inner(value)) if isinstance(value, (r.Call, r.Group)) else argument


def _default(text: str) -> Formula:
    return as_formula(Fraction(text)) if text[0].isdigit() else Symbol(text)


def _as_here(value: r.RawValue, own: Argument, parameter: Parameter, inner: Inner) -> r.RawValue | None:
    """A value as our argument takes it; None where it says nothing."""
    if value == r.NONE and parameter.empty:
        return ()
    if value == r.NONE:
        return Symbol("linear") if "linear" in own.kind.words else None
    if parameter.nothing and isinstance(value, Number) and shown(value, SOURCE) == parameter.nothing:
        return None
    if parameter.presence:
        return value if value in (r.TRUE, r.FALSE) else r.TRUE
    if own.kind.answers and isinstance(value, Number) and value.value in (0, 1):
        return r.TRUE if value.value else r.FALSE
    if isinstance(value, str):
        return _word(value, own)
    if own.kind.words and isinstance(value, Symbol) and "." in value.name:
        return Symbol(key(value.name))
    if isinstance(value, r.Call) and key(value.name) in own.kind.words and own.kind is not LAYER:
        return Symbol(key(value.name))
    if isinstance(value, (r.Call, r.Group)):
        return inner(value)
    if isinstance(value, tuple) and not isinstance(value, r.Reference):
        return _several(value, own, inner)
    return value


def _word(text: str, own: Argument) -> r.RawValue:
    """A text in quotes is a word where one is expected."""
    inside = text[1:-1]
    known = {*own.kind.words, *own.kind.answers}
    return Symbol(inside) if inside.casefold() in known and inside.isidentifier() else text


def _several(values: tuple[object, ...], own: Argument, inner: Inner) -> r.RawValue:
    if not own.variadic and any(isinstance(one, r.Call) for one in values):  # RNN([LSTMCell(8), LSTMCell(4)])
        at = next(one.at for one in values if isinstance(one, r.Call))
        return inner(r.Call("StackedRNNCells", (r.Argument(None, values, at),), at))
    nothing = Number(-1) if own.kind is TARGET else Symbol(KEEP) if own.kind is KEPT_SIZES else r.NONE
    meant = tuple(
        inner(one) if isinstance(one, (r.Call, r.Group)) else nothing if one == r.NONE else one for one in values
    )
    return meant[0] if own.kind is COUNT and len(meant) == 1 else meant  # type: ignore[return-value]


# ---------------------------------------------------------------- as it was read before


def stands_elsewhere(found: Bound, meaning: Meaning) -> bool:
    """Whether an argument without a keyword is another one in our own order."""
    own = (a.name for a in signature(meaning.entry.layer).positional if a.name not in meaning.entry.preset)
    placed = [parameter.argument for parameter, argument in found.given if argument.keyword is None]
    return any(name != ours for name, ours in zip_longest(placed, islice(own, len(placed))))


def read_before(call: r.Call, meaning: Meaning) -> dict[str, object] | None:
    """How a call is read in our own order, by our names; None where it cannot be."""
    accepts = signature(meaning.entry.layer)
    if not meaning.entry.layer.names[0].islower():
        return None  # a class of a framework is our own name too, in the framework's order
    values: dict[str, object] = {}
    waiting = [a for a in accepts.positional if a.name not in meaning.entry.preset]
    for argument in call.arguments:
        value = argument.value
        if argument.keyword is None and _is_own(argument, meaning, accepts):
            continue
        if argument.keyword is not None:
            own = accepts.keywords.get(argument.keyword)
        else:
            own = None if not waiting else waiting[0] if waiting[0].variadic else waiting.pop(0)
        if own is None or isinstance(value, (r.Call, r.Group, r.Reference)):
            return None
        try:
            read(own, _before(value, own))
        except (LayerError, AssertionError):
            return None
        before = values.get(own.name)
        if before is not None and not own.variadic:
            return None
        values[own.name] = value if before is None else (*(before if isinstance(before, tuple) else (before,)), value)
    given = {*values, *meaning.entry.preset}
    if any(a.name not in given and a.default is dataclasses.MISSING for a in accepts.required):
        return None
    return {name: v for name, v in values.items() if accepts.keywords[name].kind is not SETTINGS}


def _before(value: Formula | tuple[object, ...] | str, own: Argument) -> Raw:
    """What stood for an argument, as it was read: a word, a text, an expression."""
    if isinstance(value, str):
        return Quoted(value[1:-1])
    if isinstance(value, Symbol) and value.name.casefold() in {*own.kind.words, *own.kind.answers}:
        return value.name
    return value


def two_readings(call: r.Call, meaning: Meaning, found: Bound, before: dict[str, object]) -> str:
    """What is said where a call has two readings."""
    spoken = SPOKEN[convention_of(meaning.called.framework)]
    theirs = [f"{p.name}={written_value(a.value)}" for p, a in found.given]
    missing = f" and misses {listed(found.missing)}" if found.missing else ""
    reads = f"{spoken} reads {written_item(call)} as {listed(theirs) or 'nothing'}{missing}"
    return f"{reads}; {meant_before(call, meaning, before)}"


def meant_before(call: r.Call, meaning: Meaning, before: dict[str, object]) -> str:
    """What a call meant before class names brought the arguments of their framework."""
    ours = [f"{name}={written_value(value)}" for name, value in before.items()]
    own = call._replace(name=meaning.entry.layer.names[0])
    return f"up to version 0.3 it meant {listed(ours)}, which is written {written_item(own)}"
