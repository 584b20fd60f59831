"""What equations are called in the source of a document: rule:conv:params, by what they are, not where they stand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from symparams.documents.entries import LayerEntry
from symparams.errors import Source


class Labels:
    """The labels of one network; no two are equal."""

    def __init__(self, slug: str) -> None:
        self._start = f"rule:{slug}" if slug else "rule"
        self._taken: set[str] = set()

    def of(self, entry: LayerEntry, what: str) -> str:
        """That of a rule; the first layer that has it tells it from others for the same kind of layer."""
        label = f"{self._start}:{_ascii(entry.kind)}:{slug(what)}"
        if label in self._taken:
            label = f"{label}:{_ascii(entry.name)}"
        self._taken.add(label)
        return label


def _ascii(name: str) -> str:
    """A name of the language; letters that TeX may not take in a label by their numbers."""
    return "".join(c if c.isascii() else f"u{ord(c):x}" for c in name)


def slug(name: str) -> str:
    """A name for labels: letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def slugs(networks: Iterable[tuple[Source, str]]) -> list[str]:
    """What tells the labels of each network from those of the others: its title, or the name of its file.

    Where that is taken, something of its text is added: what stands before it or behind it does not matter.
    """
    return _apart((source, slug(title or _stem(source))) for source, title in networks)


def file_slugs(networks: Iterable[tuple[Source, str]]) -> list[str]:
    """The same by the names of their files; of one that stands in no file by its title."""
    return _apart((source, slug(_stem(source) or title) or "network") for source, title in networks)


def _stem(source: Source) -> str:
    """The name of a file without what ends it; empty for a text that stands in none."""
    return "" if source.name.startswith("<") else Path(source.name).stem


def _apart(networks: Iterable[tuple[Source, str]]) -> list[str]:
    found: list[str] = []
    for source, name in networks:
        if name in found:
            name += f"-{hashlib.sha256(source.text.encode('utf-8', 'replace')).hexdigest()[:6]}"
        while name in found:
            name += "-again"
        found.append(name)
    return found
