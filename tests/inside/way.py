"""The way of one network through the floors: what each stage hands to the next, as the program has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from symparams.algebra.formula import Formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.rendering import Document, render
from symparams.documents.solution import Solution
from symparams.errors import Source
from symparams.layers import CATALOGUE
from symparams.model.derived import Derived
from symparams.model.network import Node
from symparams.quantities.derivation import derive_parameters, derive_shape
from symparams.sources.declarations import declared
from symparams.sources.expansion import expanded
from symparams.sources.language import network
from symparams.sources.names import Names
from symparams.sources.reader import read_network
from symparams.sources.stated_facts import facts_of

TEXT = "where H >= 3 input(H, 28, 1) -> conv(F, 3) as c -> [relu] * 2"
WIDTH = 110
# Fields that say where a text stands, and those that repeat what is shown elsewhere.
_LEFT_OUT = (
    "at",
    "count_at",
    "source",
    "otherwise",
    "facts",
    "layer",
    "arriving",
    "derived",
    "kept",
    "places",
    "preset",
)


def stages() -> dict[str, str]:
    """What each stage gives, by its name."""
    source = Source("example", TEXT)
    statements = read_network(source)
    declarations = declared(statements, source, CATALOGUE)
    names = Names(source, declarations.lets, {}, frozenset())
    facts = facts_of(declarations.facts, names)
    placements = expanded(declarations.chains, names, facts, declarations.macros, CATALOGUE)
    built = network(source)
    node = built.node("c")
    counts = derive_parameters(node.derived)
    return {
        "text": TEXT,
        "records": _lines(*statements),
        "placements": _lines(*placements),
        "node": _of_node(node),
        "derived": _of_derived(node.derived),
        "derivations": _lines(derive_shape(node.derived)[0], counts),
        "document": _document(render(Solution(built, only=("c",)), Document("steps", "text"))),
    }


def _of_node(node: Node) -> str:
    named = {f.name: getattr(node, f.name) for f in fields(Node) if f.name != "derived"}
    return "\n".join([*(f"{name} = {written(value)}" for name, value in named.items()), "derived = …, below"])


def _of_derived(derived: Derived) -> str:
    shown_ = {
        "layer": derived.layer,
        "arriving": derived.arriving,
        "rules.output": derived.rules.output,
        "rules.tensors": derived.rules.tensors,
        "rules.because": derived.rules.because,
        "rules.parameters": derived.rules.parameters,
        "shape": derived.shape,
        "counts": derived.counts,
        "macs": derived.macs,
        "conditions": derived.conditions,
    }
    return "\n".join(f"{name} = {written(value)}" for name, value in shown_.items())


def _document(text: str) -> str:
    """The part on the layer."""
    return text[text.index("c: ") :].partition("\n\n\n")[0].rstrip()


def _lines(*things: object) -> str:
    return "\n".join(map(written, things))


def written(thing: Any, indent: int = 0) -> str:
    """A record as it would be made, on as many lines as it needs; formulas as they are printed."""
    if isinstance(thing, Formula):
        return shown(thing, PLAIN)
    named = dict(_parts(thing))
    if not named and not isinstance(thing, tuple):
        return repr(thing)
    opening, closing = (
        ("(", ")") if isinstance(thing, tuple) and not hasattr(thing, "_fields") else (f"{type(thing).__name__}(", ")")
    )
    texts = [f"{name}={written(part)}" if isinstance(name, str) else written(part) for name, part in named.items()]
    alone = "," if opening == "(" and len(texts) == 1 else ""
    line = f"{opening}{', '.join(texts)}{alone}{closing}"
    if indent + len(line) <= WIDTH:
        return line
    pad = " " * (indent + 4)
    texts = [
        f"{name}={written(part, indent + 4)}" if isinstance(name, str) else written(part, indent + 4)
        for name, part in named.items()
    ]
    return "\n".join([opening, *(f"{pad}{text}," for text in texts), f"{' ' * indent}{closing}"])


def _parts(thing: Any) -> Iterator[tuple[str | int, Any]]:
    if hasattr(thing, "_fields"):
        yield from ((name, part) for name, part in zip(thing._fields, thing, strict=True) if _told(name, part))
    elif isinstance(thing, tuple):
        yield from enumerate(thing)
    elif is_dataclass(thing):
        every = ((f.name, getattr(thing, f.name)) for f in fields(thing))
        yield from ((name, part) for name, part in every if _told(name, part))


def _told(name: str, part: object) -> bool:
    return name not in _LEFT_OUT and not name.startswith("_") and part not in (None, (), "", False)
