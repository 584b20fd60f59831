"""The catalogue as a page: read off the declarations, so that it cannot be out of date."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterator
from typing import get_args

from symparams import extensions
from symparams.algebra.formula import Formula
from symparams.algebra.notation import Notation, shown, size
from symparams.algebra.notations import PLAIN, SOURCE
from symparams.algebra.simplification import simplified
from symparams.documents.entries import LayerEntry
from symparams.documents.formats import FORMATS
from symparams.documents.solution import Solution
from symparams.documents.words import capital, small
from symparams.errors import Source, SymparamsError, listed, nearest
from symparams.layers import CATALOGUE, key, with_extensions
from symparams.layers.activation import ACTIVATION
from symparams.model.arguments import Argument, arguments_of
from symparams.model.derived import Derived, known
from symparams.model.family import Family
from symparams.model.framework import FrameworkClass
from symparams.model.layer import EVERYWHERE, UNKNOWN, Layer
from symparams.model.tensor import BOTH, Convention
from symparams.quantities.layer_quantities import USUAL
from symparams.quantities.quantity import QUANTITY_RULES
from symparams.quantities.tensor_counts import stored_tensors
from symparams.references import REFERENCES
from symparams.sources.framework_names import SPOKEN, convention_of
from symparams.sources.language import network


def catalogue_text(name: str | None, format_: str) -> str:
    """One layer, or the whole catalogue."""
    if name is None:
        own = (entry.layer for entry in CATALOGUE.values())
        layers = dict.fromkeys([*own, *extensions.every("layer").values()])
        return _whole(sorted(layers, key=lambda layer: layer.names[0].casefold()), format_)
    entry = with_extensions(CATALOGUE, [name]).get(key(name))
    if entry is None:
        known = (*(e.name for e in CATALOGUE.values()), *extensions.names("layer"))
        raise SymparamsError(f"unknown layer `{name}`{nearest(name, known)}")
    return _page(entry.layer, format_)


_SPOKEN = {"shape": "shape", "params": "parameters"}
_ANY_ACTIVATION = "an activation such as relu, gelu or tanh (all of them are named under `activation`)"
_INTRODUCTION = """\
Each layer is shown with its arguments (`?` may be left out, `=` gives what is then taken), with a small network and
what the rules give for it: the rule, the values put in, the result. MACs are the multiply-accumulates for one example;
what an output sees is counted along the axes of the layer's own input. The classes of Keras and PyTorch are understood
as well as our names, with the arguments and the order of their framework; those that a shape or a count depends on are
named here.
"""


def _whole(layers: list[type[Layer]], format_: str) -> str:
    """All layers by family; in Markdown with a table of contents."""
    families: dict[str, list[type[Layer]]] = {title: [] for title in get_args(Family)}
    for layer in layers:
        outside = extensions.is_outside(layer.__module__)
        title = capital(extensions.whose(layer.__module__)) if outside else layer.family
        families.setdefault(title, []).append(layer)
    parts = ["# The layers\n", _INTRODUCTION, _contents(families)] if format_ == "markdown" else []
    for title, members in families.items():
        if members:
            parts.append(f"## {title}\n" if format_ == "markdown" else f"{title}\n{'=' * len(title)}\n")
            parts += filter(None, (_page_if_right(layer, format_) for layer in members))
    return "\n".join(parts)


def _page_if_right(layer: type[Layer], format_: str) -> str | None:
    """The page of a layer; None if it is one from outside which is wrong, which is told."""
    try:
        return _page(layer, format_)
    except SymparamsError as error:
        if not extensions.is_outside(layer.__module__):
            raise
        extensions.tell(error.matter)
    except Exception as error:
        if not extensions.reported(error):
            raise
    return None


def _contents(families: dict[str, list[type[Layer]]]) -> str:
    """A line a family, with a link to each layer."""
    lines = ["| family | layers |", "| --- | --- |"]
    for title, members in families.items():
        links = ", ".join(f"[`{layer.names[0]}`](#{_anchor(_heading(layer))})" for layer in members)
        if members:
            lines.append(f"| [{title}](#{_anchor(title)}) | {links} |")
    return "\n".join([*lines, ""])


def _heading(layer: type[Layer]) -> str:
    return f"`{layer.names[0]}`: {small(layer.title)}"


def _anchor(heading: str) -> str:
    """What a heading is called in a link, as GitHub derives it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _escaped(text: str) -> str:
    """Text for Markdown; what stands between backquotes stays code."""
    return "`".join(p if i % 2 else FORMATS["markdown"].escape(p) for i, p in enumerate(text.split("`")))


def _page(layer: type[Layer], format_: str) -> str:
    markdown = format_ == "markdown"
    code = "`{}`".format if markdown else str
    about = inspect.cleandoc(layer.__doc__ or "").replace("\n\n", "\n").replace("\n", "\n" if markdown else "\n  ")
    if markdown:
        about = _escaped(about)
    form = form_of(layer)
    lines = [f"### {_heading(layer)}" if markdown else f"{form}", ""]
    lines += [about if markdown else f"  {about}", ""]
    if markdown:
        lines += [code(form), ""]
    lines += [f"- {described(a, code)}" for a in arguments_of(layer)]
    lines += [""] if any(True for _ in arguments_of(layer)) else []
    lines += _rules(layer, markdown, code)
    lines += _sources(layer, markdown)
    if len(layer.names) > 1:
        lines += [f"{'' if markdown else '  '}Also known as {', '.join(map(code, layer.names[1:]))}.", ""]
    calls = [_called(called, code) for called in vars(layer).get("calls", ()) if called.framework != "keras 1"]
    lines += [*(f"- {text}" if markdown else f"  {text}" for text in calls), *([""] if calls else [])]
    return "\n".join(lines)


def form_of(layer: type[Layer]) -> str:
    """How a layer is written, with all of its arguments: dense(units, activation?, bias=yes)."""
    return f"{layer.names[0]}({', '.join(map(_written, arguments_of(layer)))})"


def _called(called: FrameworkClass, code: Callable[[str], str]) -> str:
    """What a class of a framework takes, of what a shape or a count depends on."""
    takes = ", ".join(p.name for p in called.parameters() if p.argument or p.told)
    classes = f"{SPOKEN[convention_of(called.framework)]}: {', '.join(map(code, called.names))}"
    return f"{classes}, with {code(takes)}" if takes else classes


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


def described(argument: Argument, code: Callable[[str], str]) -> str:
    """What an argument is called, what it means and what it takes."""
    meaning = argument.meaning.removeprefix(f"{argument.name}: ")
    expects = _ANY_ACTIVATION if argument.kind is ACTIVATION and argument.name != "function" else argument.kind.expects
    short = f", short {code(argument.short)}" if argument.short else ""
    flags = [word for word in argument.kind.words if argument.kind.answers]
    flag = f", or the flag {code(flags[0])}" if flags else ""
    return f"{code(argument.name)}{short}{flag}: {meaning}; {expects}"


def _rules(layer: type[Layer], markdown: bool, code: object) -> list[str]:
    """The rules that the example uses, and what they give."""
    assert callable(code)
    solution = Solution(network(Source("example", layer.example)), (*USUAL, "macs"))
    entry = next((e for e in solution.every if isinstance(e.node.layer, layer)), None)
    if entry is None:
        raise SymparamsError(f"the example of the layer `{layer.names[0]}` does not have it: {layer.example}")
    notation = FORMATS["markdown"].notation if markdown else PLAIN
    inline = "${}$".format if markdown else str
    lines = [f"Example: {code(layer.example)}", ""]
    for axis in entry.account.axes:
        if axis.like is None:
            d = axis.derivation
            lines.append(f"- {axis.label}: {inline(_equation(d.rule, d.substitution, d.value, notation))}")
    lines.append(f"- {_parameters(entry, inline, notation)}")
    lines += [f"- {text}" for text in _stored(entry, code, inline, notation)]
    macs = solution.measurements.named("macs", entry.node)
    if macs is not None:
        d = macs.derivation
        lines.append(f"- MACs: {inline(_equation(d.rule, d.substitution, d.value, notation))}")
    lines += [f"- an output sees: {text}" for text in _seen(entry, notation)]
    return [line if markdown or not line else f"  {line}" for line in [*lines, ""]]


def _sources(layer: type[Layer], markdown: bool) -> list[str]:
    """Where the rules are found, but for the documentation of the frameworks, whose classes are named anyway."""
    named: dict[str, list[str]] = {}
    for quantity in ("shape", "params", *QUANTITY_RULES):
        for one in vars(layer).get("cited", {}).get(quantity, ()):
            if one.key in REFERENCES and REFERENCES[one.key].author:
                work = ", ".join(filter(None, (REFERENCES[one.key].short, one.place)))
                named.setdefault(work, []).append(_SPOKEN.get(quantity) or QUANTITY_RULES[quantity].left)
    lines = [f"- {listed(quantities)}: {_escaped(work) if markdown else work}" for work, quantities in named.items()]
    if not lines:
        return []
    return [line if markdown or not line else f"  {line}" for line in ("Sources:", "", *lines, "")]


def _seen(entry: LayerEntry, notation: Notation) -> Iterator[str]:
    """What an output of the layer sees of its input, where that is more than its own place."""
    reach = entry.node.layer.reach(*entry.node.derived.arriving)
    if reach == EVERYWHERE:
        yield "the whole input"
    elif reach and reach != UNKNOWN:
        before, after = ("$", "$") if notation is not PLAIN else ("", "")
        sizes = tuple(simplified(one.kernel) for one in reach)
        yield f"{before}{size(sizes, notation)}{after} {'place' if sizes == (1,) else 'places'}"


def _parameters(entry: LayerEntry, inline: object, notation: Notation) -> str:
    assert callable(inline)
    if not entry.has_parameters:
        return "no parameters"
    d = entry.account.params
    return f"parameters: {inline(_equation(d.rule, d.substitution, d.value, notation))}"


def _stored(entry: LayerEntry, code: object, inline: object, notation: Notation) -> Iterator[str]:
    """How each framework that has the layer stores its tensors: in Keras kernel 3 × 3 × 1 × 32."""
    assert callable(code)
    assert callable(inline)
    for convention in BOTH:
        derived = _in_convention(entry, convention)
        if derived is not None and derived.is_stock and derived.rules.tensors:
            every = stored_tensors(derived.rules, derived.facts)
            shapes = ((t, inline(size(t.shape, notation)) if t.shape else "one number") for t in every)
            listing = ", ".join(f"{code(t.name)} {shape}" for t, shape in shapes)
            yield f"stored by {'Keras' if convention == 'keras' else 'PyTorch'}: {listing}"


def _in_convention(entry: LayerEntry, convention: Convention) -> Derived | None:
    """The layer on the same input in a convention, channels first where that has them so; None where it is refused."""
    own = entry.node.derived
    if own.convention == convention:
        return own
    turned = entry.node.layer.reading == "channels" and all(len(x.shape) > 1 for x in own.arriving)
    shapes = tuple((x.shape[-1], *x.shape[:-1]) if turned else x.shape for x in own.arriving)
    try:
        return known(entry.node.layer, shapes, convention, own.facts)
    except SymparamsError:
        return None


def _equation(rule: Formula, substitution: Formula, value: object, notation: Notation) -> str:
    assert isinstance(value, (int, Formula))
    return " = ".join(dict.fromkeys(shown(side, notation) for side in (rule, substitution, value)))
