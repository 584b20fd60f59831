"""The distributions that say they have an extension, by the entry points of what is installed."""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from symparams.extensions.warning import tell

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "symparams.extensions"  # of entry points: one for each distribution, which points at a module
_SEARCHED = 200  # files of a distribution that are searched for a name; one with more may have any


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution that says it has an extension."""

    name: str
    version: str
    points: tuple[EntryPoint, ...]  # one, if it does as it should

    def __str__(self) -> str:
        return f"the extension {self.name} {self.version}".rstrip()

    @property
    def package(self) -> str:
        """The package or module that it installs."""
        return self.points[0].value.partition(":")[0].partition(".")[0].strip()

    def may_bring(self, name: str) -> bool:
        """Whether a name stands in its files, so that it is worth importing; without files it may be anywhere."""
        own = self.points[0].dist
        files = [file for file in (own.files or () if own else ()) if file.suffix == ".py"]
        if not 0 < len(files) <= _SEARCHED:
            return True
        word = re.compile(rf"(?<!\w){re.escape(name.casefold())}(?!\w)")
        with contextlib.suppress(OSError, UnicodeError):
            return any(word.search(file.read_text("utf-8").casefold()) for file in files)
        return True


@cache
def distributions() -> tuple[Distribution, ...]:
    """All that have an extension, by their names."""
    metadata: Any = importlib.import_module("importlib.metadata")  # takes a while, and few networks need it
    points: dict[tuple[str, str], list[EntryPoint]] = {}
    try:
        for point in metadata.entry_points(group=GROUP):
            points.setdefault((point.dist.name or point.name, point.dist.version or ""), []).append(point)
        return tuple(Distribution(*about, tuple(several)) for about, several in sorted(points.items()))
    except Exception as error:  # whatever a broken file of any distribution raises
        tell(f"the entry points of what is installed cannot be read: {described(error)}")
        return ()


def of_package(package: str) -> Iterator[Distribution]:
    """Those that install a package."""
    return (one for one in distributions() if one.package == package)


def described(error: BaseException) -> str:
    """An error that is not the program's own, for a message."""
    return f"{type(error).__name__}: {error}".rstrip(": ")
