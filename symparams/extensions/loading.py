"""Extensions imported, and what they bring looked up by name."""

from __future__ import annotations

import contextlib
import importlib
import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from threading import RLock
from typing import Any, Literal, TypeAlias

from symparams.errors import SymparamsError, listed, nearest
from symparams.extensions.distributions import GROUP, Distribution, described, distributions, of_package
from symparams.extensions.failures import is_outside
from symparams.extensions.warning import ExtensionWarning, tell

DECLARED = "extension"  # what the module of an entry point calls its declaration

Part: TypeAlias = Literal["layer", "misconception", "quantity", "format", "kind", "export"]
Named: TypeAlias = "Mapping[tuple[Part, str], Any]"


class Declaration(ABC):
    """What an extension brings; `symparams.extend.Extension` is the one that modules make."""

    @abstractmethod
    def named(self) -> Named:
        """Everything in it by what it is and how it is looked up."""


_loaded: dict[Distribution, Named | str] = {}  # what each brings, or why it is left out
_importing = RLock()  # who asks for a name waits until another thread has imported what may have it
_used: dict[Distribution, None] = {}  # those that `use` named, in order


# ---------------------------------------------------------------- by name


def find(part: Part, name: str) -> Any | None:
    """What extensions have under a name that the package does not know; None if there is nothing.

    Those are imported first in whose files the name stands, and the others only if these do not bring it.
    """
    for others in (False, True):
        with _importing:
            for one in distributions():
                if one not in _loaded and (others or one.may_bring(name)):
                    _load(one)
        found = known(part, name)
        if found is not None:
            break
    return found


def known(part: Part, name: str) -> Any | None:
    """The same among those extensions that are imported already; an error if two bring it."""
    if not _loaded:
        return None
    brought = {one.name: named[part, name] for one, named in _working() if (part, name) in named}
    if len(brought) > 1:
        several = listed(list(brought))
        raise SymparamsError(f"the {part} `{name}` is provided by the extensions {several}; uninstall one of them")
    return next(iter(brought.values()), None)


def names(part: Part) -> list[str]:
    """What the extensions that are imported already have names for."""
    return list(dict.fromkeys(name for _, named in _working() for sort, name in named if sort == part))


def beside(part: Part, module: str, *names: tuple[Part, str]) -> list[Any]:
    """What the extension that has a module, or one of some names, brings of a sort, and what those in use do."""
    package = module.partition(".")[0]
    if is_outside(module):
        for one in of_package(package):
            _load(one)
    fitting = (
        named
        for one, named in _working()
        if one in _used or one.package == package or any(name in named for name in names)
    )
    return [thing for named in fitting for (sort, _), thing in named.items() if sort == part]


# ---------------------------------------------------------------- all of them


def every(part: Part) -> dict[str, Any]:
    """All that extensions bring of one sort; what two of them bring is told and left out."""
    for one in distributions():
        _load(one)
    found: dict[str, Any] = {}
    for name in names(part):
        try:
            found[name] = known(part, name)
        except SymparamsError as error:
            tell(error.matter)
    return found


def outcomes() -> dict[Distribution, Named | str]:
    """Every extension with what it brings, or why it is left out; nothing is told of it besides."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExtensionWarning)
        for one in distributions():
            _load(one)
    return {one: _loaded[one] for one in distributions()}


def shared() -> list[str]:
    """What to say of names that two extensions bring, of those that are imported already."""
    wrong = []
    for part, name in dict.fromkeys(key for _, named in _working() for key in named):
        try:
            known(part, name)
        except SymparamsError as error:
            wrong.append(error.matter)
    return wrong


def loaded() -> list[str]:
    """The names of the extensions that are imported and work."""
    return [one.name for one, _ in _working()]


# ---------------------------------------------------------------- in use for every network


def use(name: str) -> None:
    """Have what an extension brings taken for every network, its misconceptions too."""
    one = next((one for one in distributions() if one.name.casefold() == name.casefold()), None)
    if one is None:
        installed = [one.name for one in distributions()]
        near = nearest(name, installed) or (
            f"; the choices are {listed(installed)}" if installed else "; none is installed"
        )
        raise SymparamsError(f"there is no extension `{name[:60]}`{near}")
    _load(one)
    named = _loaded[one]
    if isinstance(named, str):
        raise SymparamsError(f"{one} cannot be used: {named}")
    _used[one] = None


def in_use() -> tuple[Distribution, ...]:
    """The extensions that are taken for every network."""
    return tuple(_used)


# ---------------------------------------------------------------- imported


def _working() -> Iterator[tuple[Distribution, Named]]:
    for one, named in sorted(_loaded.items(), key=lambda pair: pair[0].name):
        if not isinstance(named, str):
            yield one, named


def _load(one: Distribution) -> None:
    """Import an extension, unless that has been tried; what is wrong with it is told."""
    with _importing:
        if one in _loaded:
            return
        _loaded[one] = {}  # while its module is imported, which may ask for names itself
        try:
            _loaded[one] = _declared(one)
        except SymparamsError as error:
            _loaded[one] = error.matter
            tell(f"{one} is left out: {error.matter}")


def _declared(one: Distribution) -> Named:
    if len(one.points) > 1:
        raise SymparamsError(f"it has {len(one.points)} entry points in the group {GROUP}; one is expected")
    (point,) = one.points
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what it prints is no part of a document
            module = importlib.import_module(point.module)
    except SymparamsError:
        raise
    except (Exception, SystemExit) as error:
        raise SymparamsError(f"{point.value} cannot be imported: {described(error)}") from error
    declaration = getattr(module, point.attr or DECLARED, None)
    if not isinstance(declaration, Declaration):
        raise SymparamsError(
            f"the module {point.module} declares nothing: it needs `{DECLARED} = symparams.extend.Extension(…)`"
        )
    return declaration.named()
