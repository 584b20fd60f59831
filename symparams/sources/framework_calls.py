"""Framework calls -> calls of our own: what a class of Keras or PyTorch takes, put as the same layer takes it here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from symparams.algebra.formula import Formula, Number, Symbol
from symparams.errors import Place, Source, SymparamsError, listed
from symparams.layers import Catalogue
from symparams.layers.source import Input
from symparams.model.arguments import ANSWERS
from symparams.model.framework import Framework
from symparams.model.tensor import Convention
from symparams.sources import records as r
from symparams.sources.binding import signature
from symparams.sources.framework_arguments import (
    Bound,
    bound,
    meant_before,
    own_arguments,
    read_before,
    stands_elsewhere,
    two_readings,
)
from symparams.sources.framework_inputs import Inputs
from symparams.sources.framework_names import SPOKEN, Meaning, convention_of, counterpart, meanings
from symparams.sources.words import FROZEN


class Understood(NamedTuple):
    """Statements without framework calls."""

    statements: list[r.Statement]
    convention: Convention | None  # as it is stated, or else as the class names have it; None: nothing says


def understood(
    statements: Sequence[r.Statement], source: Source, catalogue: Catalogue, *, typed: bool = False
) -> Understood:
    """The statements with every framework call as a call of our own.

    Where they were `typed` in our language, a call is refused that earlier versions read otherwise, even if the
    framework has it. Raises SymparamsError, with its place, for what a framework does not take.
    """
    calls = [call for call in _calls(statements) if meanings(call.name, catalogue)]
    if not calls and not any(isinstance(s, r.Convention) for s in statements):
        return Understood(list(statements), None)
    convention = _convention(statements, calls, source, catalogue)
    reader = _Reader(source, catalogue, convention or "keras", statements, calls, typed)
    return Understood([reader.statement(s) for s in statements], convention)


# ---------------------------------------------------------------- what the calls of a text say together


def _calls(items: Iterable[object]) -> Iterator[r.Call]:
    """Every call in parts of the text, in the order in which it is read."""
    for item in items:
        if isinstance(item, r.Call):
            yield item
            yield from _calls(argument.value for argument in item.arguments)
        elif isinstance(item, r.Chain):
            yield from _calls(item.items)
        elif isinstance(item, (r.Group, r.Macro)):
            yield from _calls((item.chain,))
        elif isinstance(item, r.Branches):
            yield from _calls(item.chains)
        elif isinstance(item, r.Named):
            yield from _calls((item.item,))
        elif type(item) is tuple:
            yield from _calls(item)


def _convention(
    statements: Sequence[r.Statement], calls: Sequence[r.Call], source: Source, catalogue: Catalogue
) -> Convention | None:
    """The convention that is stated, else that of the class names; names of both, or of the other, are an error."""
    stated = next((s for s in statements if isinstance(s, r.Convention)), None)
    known: dict[str, Convention] = {"keras": "keras", "torch": "torch", "pytorch": "torch"}
    convention = None if stated is None else known.get(stated.name.casefold())
    if stated is not None and convention is None:
        return None  # what is stated is none, which is said where statements are sorted
    first: dict[Convention, r.Call] = {}
    for call in calls:
        of = {convention_of(framework) for framework in meanings(call.name, catalogue)}
        if len(of) == 1:
            first.setdefault(of.pop(), call)
    other: Convention = "keras" if convention == "torch" else "torch"
    if convention is not None and other in first:
        raise _stated_otherwise(first[other], convention, other, source, catalogue)
    if len(first) == 2:
        raise _both(first, source, catalogue)
    return convention or next(iter(first), None)


def _stated_otherwise(
    call: r.Call, stated: Convention, other: Convention, source: Source, catalogue: Catalogue
) -> SymparamsError:
    matter = f"`{call.name}` is a class of {SPOKEN[other]}, but the convention is stated as {stated}"
    return SymparamsError(matter + _there(call, stated, other, catalogue), Place(source, *call.at))


def _both(first: dict[Convention, r.Call], source: Source, catalogue: Catalogue) -> SymparamsError:
    (one, former), (other, later) = first.items()
    matter = (
        f"`{former.name}` is a class of {SPOKEN[one]} and `{later.name}` one of {SPOKEN[other]}, "
        "but a network has the classes of one framework"
    )
    return SymparamsError(matter + _there(later, one, other, catalogue), Place(source, *later.at))


def _there(call: r.Call, wanted: Convention, other: Convention, catalogue: Catalogue) -> str:
    """What the wanted framework calls the class of the other one, if it has it."""
    meaning = next(m for f, m in meanings(call.name, catalogue).items() if convention_of(f) == other)
    name = counterpart(meaning, wanted)
    return f"; {SPOKEN[wanted]} has {name}" if name else ""


def _is_keras_1(call: r.Call, known: dict[Framework, Meaning]) -> bool:
    """Whether only Keras 1 has such a call."""
    old, new = known.get("keras 1"), known.get("keras")
    if old is None:
        return False
    if new is None:
        return True
    theirs = {p.name for p in old.called.parameters()} - {p.name for p in new.called.parameters()}
    if any(a.keyword in theirs - _OF_BOTH and not _is_ours(a.value) for a in call.arguments):
        return True
    numbers = [a.value for a in call.arguments if a.keyword is None and isinstance(a.value, Formula)]
    return new.name.startswith("Convolution") and new.entry.rank != 1 and len(numbers) >= 3


def _is_ours(value: object) -> bool:
    """Whether a value is written as the language has it: bias=no."""
    return isinstance(value, Symbol) and value.name in ANSWERS


_OF_BOTH = frozenset(("weights", "activity_regularizer", "input_length", "noise_shape", "seed", "return_sequences"))


def _says(call: r.Call, keyword: str, word: str) -> bool:
    values = [a.value for a in call.arguments if a.keyword == keyword]
    return any((v[1:-1] if isinstance(v, str) else v.name if isinstance(v, Symbol) else "") == word for v in values)


# ---------------------------------------------------------------- one text


class _Reader:
    """Puts the calls of one text as our own."""

    def __init__(
        self,
        source: Source,
        catalogue: Catalogue,
        convention: Convention,
        statements: Sequence[r.Statement],
        calls: Sequence[r.Call],
        typed: bool,
    ) -> None:
        self.source = source
        self.catalogue = catalogue
        self.convention = convention
        self.typed = typed
        self.keras_1 = any(_is_keras_1(call, meanings(call.name, catalogue)) for call in calls)
        self.channels_first = convention == "keras" and any(
            _says(call, "dim_ordering", "th") or _says(call, "data_format", "channels_first") for call in calls
        )
        self.inputs = Inputs(source, convention, self.channels_first, statements)

    def statement(self, statement: r.Statement) -> r.Statement:
        if isinstance(statement, r.Macro):
            return statement._replace(chain=self.chain(statement.chain))
        if isinstance(statement, r.Chain):
            return self.chain(statement, opens=True)
        return statement

    def chain(self, chain: r.Chain, opens: bool = False) -> r.Chain:
        """A chain; where it opens a network, its first layer may say what comes in."""
        items = [self.item(item) for item in chain.items]
        arrives = self.arrives(chain.items[0]) if opens else None
        return chain._replace(items=(*([] if arrives is None else [arrives]), *items))

    def arrives(self, item: r.Item) -> r.Call | None:
        """The input that the first layer of a chain brings with it."""
        while isinstance(item, (r.Named, r.Group)):
            item = item.item if isinstance(item, r.Named) else item.chain.items[0]
        meaning = self.meaning(item) if isinstance(item, r.Call) else None
        return self.inputs.brought(item, meaning) if meaning is not None and isinstance(item, r.Call) else None

    def item(self, item: r.Item) -> r.Item:
        if isinstance(item, r.Call):
            return self.named(item)
        if isinstance(item, r.Named):
            inner = self.item(item.item)
            return item._replace(item=inner.item if isinstance(inner, r.Named) else inner)
        if isinstance(item, r.Branches):
            return item._replace(chains=tuple(map(self.chain, item.chains)))
        return item._replace(chain=self.chain(item.chain)) if isinstance(item, r.Group) else item

    # ------------------------------------------------------------ calls

    def meaning(self, call: r.Call) -> Meaning | None:
        """What a call is, in the version of the framework that the text is written for; None: our own."""
        known = meanings(call.name, self.catalogue)
        if self.convention == "torch":
            return known.get("torch")
        old, new = known.get("keras 1"), known.get("keras")
        if old is None or new is None:
            return new or old
        if not self.keras_1 or any(_is_new(a.keyword, old, new) for a in call.arguments):
            return new
        return old

    def named(self, call: r.Call) -> r.Item:
        """A layer of the network, with the name that its arguments give it."""
        meaning = self.meaning(call)
        if meaning is None:
            return self.call(call)
        found = self.bound(call, meaning)
        own = self.own(call, meaning, found)
        name = found.common.get("name") or next((a for p, a in found.given if p.name == "name"), None)
        if name is None or name.value == r.NONE:
            return own
        if not isinstance(name.value, str):
            raise SymparamsError(f"{call.name}: name must be a text in quotes", Place(self.source, *name.at))
        return r.Named(own, name.value[1:-1], name.at)

    def inner(self, part: r.Call | r.Group) -> r.Call | r.Group:
        """What stands for an argument: a layer, or layers in a row."""
        return part._replace(chain=self.chain(part.chain)) if isinstance(part, r.Group) else self.call(part)

    def call(self, call: r.Call) -> r.Call:
        """A call without its name, or one of our own with such calls in its brackets."""
        meaning = self.meaning(call)
        if meaning is not None:
            return self.own(call, meaning, self.bound(call, meaning))
        arguments = [
            a._replace(value=self.inner(a.value)) if isinstance(a.value, (r.Call, r.Group)) else a
            for a in call.arguments
            if not (a.keyword is not None and a.value == r.NONE)
        ]
        return call._replace(arguments=tuple(arguments))

    def bound(self, call: r.Call, meaning: Meaning) -> Bound:
        """The arguments as the framework reads them, if it takes them and nobody could mean them otherwise."""
        try:
            found = bound(call, meaning, self.source)
        except SymparamsError as error:
            before = read_before(call, meaning) if self.typed else None
            error.matter += f"; {meant_before(call, meaning, before)}" if before else ""
            raise
        doubtful = self.typed and (found.missing or stands_elsewhere(found, meaning))
        before = read_before(call, meaning) if doubtful else None
        if before and (found.missing or before != _plain(found, meaning)):
            raise SymparamsError(two_readings(call, meaning, found, before), Place(self.source, *call.at))
        if found.missing:
            needs = f"{call.name} needs {listed(found.missing)}"
            raise SymparamsError(f"{needs}: {_form(call, meaning)}", Place(self.source, *call.at))
        return found

    def own(self, call: r.Call, meaning: Meaning, found: Bound) -> r.Call:
        """A framework call in our own order."""
        if meaning.entry.layer is Input:
            return self.inputs.declared(call, meaning, found)
        if self.channels_first:
            found.given[:] = [(p, _channels_last(a) if p.name == "axis" else a) for p, a in found.given]
        arguments = own_arguments(found, meaning, call.at, self.inner)
        if _is_false(found.common.get("trainable")):
            arguments.append(r.Argument(None, Symbol(FROZEN), call.at))
        told = tuple(
            r.Told(p.name, p.told, a.value, a.at)
            for p, a in found.given
            if p.told and isinstance(a.value, Formula) and a.value != r.NONE
        )
        return call._replace(arguments=tuple(arguments), entry=meaning.entry, told=told)


def _is_new(keyword: str | None, old: Meaning, new: Meaning) -> bool:
    """Whether a keyword is one that Keras 1 does not have."""
    return any(p.name == keyword for p in new.called.parameters()) and all(
        p.name != keyword for p in old.called.parameters()
    )


def _channels_last(argument: r.Argument) -> r.Argument:
    """An axis that counts the channels first, where they stand last here."""
    return argument._replace(value=Number(-1)) if argument.value == Number(1) else argument


def _is_false(argument: r.Argument | None) -> bool:
    return argument is not None and argument.value in (r.FALSE, Number(0), Symbol("no"))


def _plain(found: Bound, meaning: Meaning) -> dict[str, object]:
    """What a framework reads, by our names."""
    values: dict[str, list[object]] = {}
    for parameter, argument in found.given:
        if parameter.argument:
            values.setdefault(parameter.argument, []).append(argument.value)
    keywords = signature(meaning.entry.layer).keywords
    for argument in found.own:
        if argument.keyword is not None and argument.keyword in keywords:
            values.setdefault(keywords[argument.keyword].name, []).append(argument.value)
    return {name: v[0] if len(v) == 1 else tuple(v) for name, v in values.items()}


def _form(call: r.Call, meaning: Meaning) -> str:
    """How the framework writes a class: nn.Conv2d(in_channels, out_channels, kernel_size, …)."""
    parameters = meaning.called.parameters()
    last = max((i for i, p in enumerate(parameters) if p.required), default=-1)
    names = [p.name for p in parameters[: last + 1]]
    return f"{call.name}({', '.join([*names, *(['…'] if last + 1 < len(parameters) else [])])})"
