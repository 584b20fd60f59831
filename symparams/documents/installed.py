"""The extensions that are installed, as a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from symparams.errors import listed
from symparams.extensions import Named, Part, outcomes, shared


def extensions_text() -> str:
    """Each extension with what it brings, or why it is left out."""
    lines: list[str] = []
    for one, brought in outcomes().items():
        lines.append(f"{one.name} {one.version}".rstrip())
        lines += [f"  left out: {brought}"] if isinstance(brought, str) else _brought(brought)
    lines += shared()
    return "\n".join(lines or ["no extension is installed"]) + "\n"


def _brought(named: Named) -> Iterator[str]:
    """A line for each sort of things, with their names; layers by their first name."""
    for part in get_args(Part):
        names = [name for sort, name in named if sort == part]
        if part == "layer":
            names = [layer.names[0] for layer in dict.fromkeys(named[part, name] for name in names)]
        if names:
            yield f"  {part}: {listed(names)}"
