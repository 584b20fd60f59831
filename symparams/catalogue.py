"""The catalogue as a page: read off the declarations, so that it cannot be out of date."""

from __future__ import annotations

import dataclasses
import inspect

from symparams.arguments import Argument, arguments_of
from symparams.errors import Source, SymparamsError, nearest
from symparams.formats import FORMATS
from symparams.formula import Formula
from symparams.layer import Layer
from symparams.layers import CATALOGUE, key
from symparams.notation import PLAIN, SOURCE, Notation, shown
from symparams.solution import LayerEntry, Solution
from symparams.sources.language import network


def catalogue_text(name: str | None, format_: str) -> str:
    """One layer, or the whole catalogue."""
    layers = list(dict.fromkeys(entry.layer for entry in CATALOGUE.values()))
    if name is None:
        layers.sort(key=lambda layer: layer.names[0])
        head = "# The layers\n\n" if format_ == "markdown" else ""
        return head + "\n".join(_page(layer, format_) for layer in layers)
    entry = CATALOGUE.get(key(name))
    if entry is None:
        raise SymparamsError(f"unknown layer `{name}`{nearest(name, (e.name for e in CATALOGUE.values()))}")
    return _page(entry.layer, format_)


def _page(layer: type[Layer], format_: str) -> str:
    markdown = format_ == "markdown"
    code = "`{}`".format if markdown else str
    about = inspect.cleandoc(layer.__doc__ or "").replace("\n\n", "\n").replace("\n", "\n" if markdown else "\n  ")
    if markdown:
        about = FORMATS["markdown"].escape(about)
    form = f"{layer.names[0]}({', '.join(map(_written, arguments_of(layer)))})"
    lines = [f"## {code(layer.names[0])}: {layer.title.lower()}" if markdown else f"{form}", ""]
    lines += [about if markdown else f"  {about}", ""]
    if markdown:
        lines += [code(form), ""]
    lines += [_argument(a, code) for a in arguments_of(layer)]
    lines += [""] if any(True for _ in arguments_of(layer)) else []
    lines += _rules(layer, markdown, code)
    if len(layer.names) > 1:
        lines += [f"{'' if markdown else '  '}Also known as {', '.join(map(code, layer.names[1:]))}.", ""]
    return "\n".join(lines)


def _written(argument: Argument) -> str:
    if argument.default is dataclasses.MISSING:
        return argument.name
    return argument.name + ("?" if argument.default is None else f"={_default(argument.default)}")


def _default(value: object) -> str:
    if isinstance(value, tuple):
        texts = [_default(v) for v in value]
        return texts[0] if len(set(texts)) == 1 else f"({', '.join(texts)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value, SOURCE) if isinstance(value, Formula) else str(value)


def _argument(argument: Argument, code: object) -> str:
    assert callable(code)
    short = f", short {code(argument.short)}" if argument.short else ""
    flags = [word for word in argument.kind.words if argument.kind.expects == "yes or no"]
    flag = f", or the flag {code(flags[0])}" if flags else ""
    return f"- {code(argument.name)}{short}{flag}: {argument.meaning}; {argument.kind.expects}"


def _rules(layer: type[Layer], markdown: bool, code: object) -> list[str]:
    """The rules that the example uses, and what they give."""
    assert callable(code)
    solution = Solution(network(Source("example", layer.example)))
    entry = next(e for e in solution.every if isinstance(e.node.layer, layer))
    notation = FORMATS["markdown"].notation if markdown else PLAIN
    inline = "${}$".format if markdown else str
    found = [f"Example: {code(layer.example)}", ""]
    for axis in entry.account.axes:
        if axis.like is None:
            d = axis.derivation
            found.append(f"- {axis.label}: {inline(_equation(d.rule, d.substitution, d.value, notation))}")
    found.append(f"- {_parameters(entry, inline, notation)}")
    return [line if markdown or not line else f"  {line}" for line in [*found, ""]]


def _parameters(entry: LayerEntry, inline: object, notation: Notation) -> str:
    assert callable(inline)
    if not entry.has_parameters:
        return "no parameters"
    d = entry.account.params
    return f"parameters: {inline(_equation(d.rule, d.substitution, d.value, notation))}"


def _equation(rule: Formula, substitution: Formula, value: object, notation: Notation) -> str:
    assert isinstance(value, (int, Formula))
    return " = ".join(dict.fromkeys(shown(side, notation) for side in (rule, substitution, value)))
