"""The families of Hugging Face configs as a page: read off their files, so that it cannot be out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symparams.errors import SymparamsError, listed, nearest
from symparams.reading.families import Family, Key, family, family_names
from symparams.reading.huggingface import family_network

_INTRODUCTION = """\
A `config.json` of one of these families is read as a network of the language: its keys give the letters their values,
and what it does not say is as the library transformers has it. `architectures` decides what stands on top; without it,
the first class of the list is taken. Each family is shown with its keys, its classes, and the network of the first
class as it is if a config says nothing else.
"""


def families_text(name: str | None, format_: str) -> str:
    """One family, or all of them."""
    if name is None:
        start = ["# The families of Hugging Face configs\n", _INTRODUCTION] if format_ == "markdown" else []
        return "\n".join([*start, *(_page(family(one), format_) for one in family_names())])
    if name not in family_names():
        near = nearest(name, family_names()) or f"; the families are {listed(family_names())}"
        raise SymparamsError(f"unknown family `{name}`{near}")
    return _page(family(name), format_)


def _page(one: Family, format_: str) -> str:
    """A family: where it comes from, keys, classes, network."""
    network = family_network(one, one.classes[0])
    lines = one.about.splitlines()
    about = "\n".join(line for line in lines if not line.startswith(" "))
    totals = [total for line in lines if line.startswith(" ") for total in re.split(r" {2,}", line.strip())]
    classes = [architecture.name for architecture in one.classes]
    if format_ == "markdown":
        parts = [
            f"## `{one.name}`\n\n{about}\n",
            "\n".join(f"- {_grouped(total)}" for total in totals) + "\n",
            "| key | letter | if not given | what it is |\n| --- | --- | --- | --- |\n"
            + "\n".join(_row(k) for k in one.keys),
            f"\nClasses: {listed([f'`{name}`' for name in classes])}.\n\n```text\n{network}```\n",
        ]
        return "\n".join(parts)
    rows = list(_columns(one.keys))
    parts = [f"{one.name}\n{'-' * len(one.name)}\n{about}", *(f"  {_grouped(total)}" for total in totals)]
    return "\n".join([*parts, "", *rows, "", f"Classes: {listed(classes)}", "", *_indented(network)]) + "\n"


def _grouped(text: str) -> str:
    """Large numbers with commas: 6738415616 as 6,738,415,616."""
    return re.sub(r"\d{5,}", lambda number: f"{int(number[0]):,}", text)


def _default(key: Key) -> str:
    """What stands for a key: 1536, or 0 for null."""
    return "; ".join([key.default, *(f"{word}: {value}" for word, value in key.instead.items())])


def _row(key: Key) -> str:
    names, letters = (", ".join(f"`{name}`" for name in some) for some in (key.names, key.letters))
    return f"| {names} | {letters} | `{_default(key)}` | {key.meaning} |"


def _columns(keys: tuple[Key, ...]) -> Iterator[str]:
    """The keys one below the other."""
    cells = [(", ".join(key.names), ", ".join(key.letters), _default(key)) for key in keys]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    for row, key in zip(cells, keys, strict=True):
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "  " + key.meaning


def _indented(network: str) -> Iterator[str]:
    return (f"    {line}" for line in network.splitlines())
