"""docs/inside.md with its made parts as the code has them."""

from __future__ import annotations

import re
from collections.abc import Callable

from symparams.layers import CATALOGUE
from symparams.model.layer import Layer
from tests.inside import floors
from tests.inside.glossary import glossary
from tests.inside.way import stages

_MADE = re.compile(r"(?<=<!-- made: )(\w+) -->\n.*?(?=<!-- end -->)", re.S)

# What is said of each stage, and in which module it happens.
_STAGES = {
    "text": "**Text.** Networks come in as text; `sources/language.py` takes it through the stages up to the network.",
    "records": "**Records.** `sources/reader.py` parses it into records. Names are not looked up yet.",
    "placements": "**Expansion.** `sources/expansion.py` unrolls macros, brackets and forks: each layer by its place, "
    "and what feeds it. No size is known yet.",
    "node": "**Placement and network.** `sources/placer.py` makes the layers and puts them one behind the other "
    "(`model/builder.py`), each on the shapes that arrive; the nodes are a `Network`. The convolution among them:",
    "derived": "**Derived.** What a layer says about what arrives (`Rules`), and what follows from it "
    "(`model/derived.py`); equal layers on equal input have the same one.",
    "derivations": "**Derivations.** `quantities/derivation.py` puts values into a rule, step by step.",
    "document": "**Document.** `documents/` chooses what to say, `templates/` says it, a `Format` writes it.",
}


def made() -> dict[str, Callable[[], str]]:
    """The parts that are made, by their names on the page."""
    return {
        "picture": floors.picture,
        "floors": floors.table,
        "way": _way,
        "glossary": glossary,
        "by_hand": by_hand,
    }


def rewritten(page: str) -> str:
    """The page with its parts made anew."""
    parts = made()
    return _MADE.sub(lambda found: f"{found[1]} -->\n\n{parts[found[1]]()}\n\n", page)


def _way() -> str:
    return "\n\n".join(f"{_STAGES[name]}\n\n```text\n{text}\n```" for name, text in stages().items())


def layers() -> list[type[Layer]]:
    """All layer classes, in the order of their names."""
    return sorted({entry.layer for entry in CATALOGUE.values()}, key=lambda layer: layer.names[0])


def by_hand() -> str:
    """The layers whose parameter rule is written by hand, each with its reason."""
    return "\n".join(f"- `{layer.names[0]}`: {layer.by_hand}" for layer in layers() if layer.by_hand)
