"""The statements of a file, sorted: what is declared, and the chains that use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from symparams import limits
from symparams.errors import LimitError, Place, Source, SymparamsError
from symparams.layers import Catalogue, key
from symparams.model.tensor import Convention
from symparams.sources import records as r

NO_LAYERS = ("id", "share")  # words of the language that stand where layers do


@dataclass(slots=True)
class Declarations:
    """Everything in a file."""

    title: str = ""
    convention: Convention = "keras"
    lets: dict[str, r.Let] = field(default_factory=dict)  # by name
    ranges: dict[str, r.Range] = field(default_factory=dict)  # by name
    facts: list[r.Fact] = field(default_factory=list)
    macros: dict[str, r.Macro] = field(default_factory=dict)  # by name
    chains: list[r.Chain] = field(default_factory=list)  # in reading order

    def names(self) -> set[str]:
        """Every name after an `as`: automatic names keep clear of them."""
        return _names_given(self._every_chain())

    def layers(self) -> Iterator[str]:
        """The name of every layer that is called, each once."""
        names = dict.fromkeys(_called(self._every_chain()))
        return (name for name in names if name not in self.macros and name not in NO_LAYERS)

    def _every_chain(self) -> list[r.Chain]:
        return [*self.chains, *(macro.chain for macro in self.macros.values())]


def declared(statements: Sequence[r.Statement], source: Source, catalogue: Catalogue) -> Declarations:
    """The statements by kind; what is stated twice, or named like a layer, is an error."""
    declarations = Declarations()
    seen: set[type] = set()
    for s in statements:
        if isinstance(s, r.Chain):
            declarations.chains.append(s)
        elif isinstance(s, r.Let):
            if s.name in declarations.lets:
                raise SymparamsError(f"{s.name} has a value already", Place(source, *s.at))
            declarations.lets[s.name] = s
        elif isinstance(s, r.Range):
            if s.name in declarations.ranges:
                raise SymparamsError(f"{s.name} has a range already", Place(source, *s.at))
            declarations.ranges[s.name] = s
        elif isinstance(s, r.Macro):
            _check_macro(s, declarations, source, catalogue)
            declarations.macros[s.name] = s
        elif isinstance(s, (r.Model, r.Convention)):
            if type(s) in seen:
                raise SymparamsError(_TWICE[type(s)], Place(source, *s.at))
            seen.add(type(s))
            if isinstance(s, r.Model):
                declarations.title = s.title
            else:
                declarations.convention = _convention(s, source)
        else:
            declarations.facts.extend(s)
    for name in declarations.ranges.keys() & declarations.lets.keys():
        later = max(declarations.ranges[name].at, declarations.lets[name].at)
        raise SymparamsError(f"{name} has a value and a range; remove one of them", Place(source, *later))
    return declarations


_TWICE: dict[type, str] = {r.Model: "the model has its title already", r.Convention: "the convention is stated already"}


def _convention(stated: r.Convention, source: Source) -> Convention:
    name = stated.name.casefold()
    if name == "keras":
        return "keras"
    if name in ("torch", "pytorch"):
        return "torch"
    raise SymparamsError(f"the convention is keras or torch, not {stated.name}", Place(source, *stated.at))


def _check_macro(macro: r.Macro, found: Declarations, source: Source, catalogue: Catalogue) -> None:
    place = Place(source, *macro.at)
    if macro.name in found.macros:
        raise SymparamsError(f"the macro `{macro.name}` is defined already", place)
    if key(macro.name) in catalogue or macro.name in NO_LAYERS:
        raise SymparamsError(f"`{macro.name}` is a layer; a macro needs another name", place)
    names = [parameter.name for parameter in macro.parameters]
    if len(names) > limits.ARGUMENTS:
        message = f"the macro `{macro.name}` has more than {limits.ARGUMENTS:,} parameters, which is the limit"
        raise LimitError(message, place)
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise SymparamsError(f"the macro `{macro.name}` has two parameters `{twice}`", place)


def _names_given(chains: Sequence[r.Chain]) -> set[str]:
    """Every name after an `as`."""
    names: set[str] = set()
    pending: list[object] = list(chains)
    while pending:
        item = pending.pop()
        if isinstance(item, r.Named):
            names.add(item.name)
            pending.append(item.item)
        elif isinstance(item, r.Chain):
            pending.extend(i for i in item.items if not isinstance(i, r.Call))
        elif isinstance(item, r.Branches):
            pending.extend(item.chains)
        elif isinstance(item, r.Group):
            pending.append(item.chain)
    return names


def _called(items: Iterable[object]) -> Iterator[str]:
    """What is called in parts of the text, in the brackets of others too."""
    for item in items:
        if isinstance(item, r.Call):
            yield item.name
            yield from _called(argument.value for argument in item.arguments)
        elif isinstance(item, r.Chain):
            yield from _called(item.items)
        elif isinstance(item, r.Branches):
            yield from _called(item.chains)
        elif isinstance(item, r.Group):
            yield from _called([item.chain])
        elif isinstance(item, r.Named):
            yield from _called([item.item])
