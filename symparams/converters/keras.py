"""A network -> a script that builds it in Keras."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from symparams.converters.keras_layers import HELPERS, recipe
from symparams.converters.literals import OpenSizeError, call, literal, plain
from symparams.converters.recipes import NoCounterpartError, Recipe, refused
from symparams.converters.steps import (
    Assigned,
    Written,
    check_sizes,
    free,
    identifier,
    is_chain,
    is_named,
    outputs,
    variables,
)
from symparams.errors import SymparamsError
from symparams.layers.embedding import Tied
from symparams.layers.source import Input
from symparams.model.network import Network, Node
from symparams.sources.records import Statement


def converted(network: Network, statements: Sequence[Statement]) -> str:
    """A Sequential where each layer stands on the one before, else the functional API."""
    check_sizes(network, "keras")
    recipes = [recipe_of(node) for node in network.nodes]
    helpers = dict.fromkeys(one.helper for one in recipes if one.helper)
    plain_chain = is_chain(network) and all(one.made and one.called == "{x}" and not one.more for one in recipes[1:])
    body = list((_sequential if plain_chain else _functional)(network, recipes))
    uses_ops = helpers or any("ops." in line for line in body)
    head = ["import keras", f"from keras import layers{', ops' if uses_ops else ''}", ""]
    for helper in helpers:
        head += ["", HELPERS[helper], ""]
    return "\n".join([*head, *body]) + "\n"


def recipe_of(node: Node) -> Recipe:
    """How Keras has a layer; raises SymparamsError where it does not."""
    if isinstance(node.layer, (Input, Tied)):
        return Recipe(())
    try:
        return recipe(node)
    except NoCounterpartError:
        raise refused(node, "Keras") from None
    except OpenSizeError:
        raise SymparamsError(f"{node.name} has a letter among its sizes") from None


def _made(node: Node, one: Recipe) -> Iterator[str]:
    """The layers, the one with the weights under its name."""
    for i, text in enumerate(one.made):
        more = []
        if i == one.weighted % len(one.made) and is_named(node):
            more.append(f"name={literal(node.name.replace('/', '_'))}")
        if node.frozen:
            more.append("trainable=False")
        yield _with(text, more)


def _with(text: str, more: Sequence[str]) -> str:
    """A call with further arguments."""
    if not more:
        return text
    return f"{text[:-1]}{'' if text.endswith('()') else ', '}{', '.join(more)})"


def _sequential(network: Network, recipes: Sequence[Recipe]) -> Iterator[str]:
    title = f", name={literal(identifier(network.title))}" if network.title else ""
    yield "model = keras.Sequential("
    yield "    ["
    for node, one in zip(network.nodes, recipes, strict=True):
        for text in [_input(node)] if isinstance(node.layer, Input) else _made(node, one):
            yield f"        {text},"
    yield f"    ]{',' if title else ''}"
    if title:
        yield f"    {title[2:]},"
    yield ")"


def _input(node: Node) -> str:
    named = {"name": node.name.replace("/", "_")} if is_named(node) else {}
    return call("keras.Input", plain(node.shape), **named)


def _functional(network: Network, recipes: Sequence[Recipe]) -> Iterator[str]:
    names = variables(network)
    kept = {node.shared for node in network.nodes if node.shared} | _tables(network)
    layers = list(each_layer(network, recipes, kept))
    if not isinstance(network.nodes[0].layer, Input):  # learned numbers, which Keras computes from an input
        layers.sort(key=lambda one: not isinstance(one.node.layer, Input))
    for one in layers:
        yield from (f"{name} = {text}" for name, text in (*one.parts, *one.outputs))
    inputs = [name for node, name in zip(network.nodes, names, strict=True) if isinstance(node.layer, Input)]
    ends = [names[i] for i in outputs(network)]
    title = {"name": identifier(network.title)} if network.title else {}
    listed = [one[0] if len(one) == 1 else f"[{', '.join(one)}]" for one in (inputs, ends)]
    more = "".join(f", {key}={literal(value)}" for key, value in title.items())
    yield f"model = keras.Model({listed[0]}, {listed[1]}{more})"


def each_layer(network: Network, recipes: Sequence[Recipe], kept: Collection[str]) -> Iterator[Written]:
    """The layers in the functional API; those that are kept have variables, as they are called again."""
    names = variables(network)
    taken = set(names)
    stored: dict[str, list[str]] = {}  # the variables of the layers that are kept
    inputs = [name for node, name in zip(network.nodes, names, strict=True) if isinstance(node.layer, Input)]
    for node, one, name in zip(network.nodes, recipes, names, strict=True):
        xs = [names[i] for i in node.inputs] or inputs[:1]
        if isinstance(node.layer, Input):
            yield Written(node, (), (Assigned(name, _input(node)),))
            continue
        if isinstance(node.layer, Tied):
            yield Written(node, (), (Assigned(name, _tied(network, node, stored, xs[0])),))
            continue
        made = stored[node.shared] if node.shared else list(_made(node, one))
        parts: tuple[Assigned, ...] = ()
        if node.name in kept and not node.shared:
            base = f"{identifier(node.name)}_layer"
            several = [free(f"{base}{f'_{i + 1}' if i else ''}", taken) for i in range(len(made))]
            parts = tuple(map(Assigned, several, made))
            made = stored[node.name] = several
        yield Written(node, parts, tuple(_called(one, made, xs, name)))


def _called(one: Recipe, made: Sequence[str], xs: Sequence[str], name: str) -> Iterator[Assigned]:
    """The parts of a layer, one on the output of the other, or all in one expression."""
    if "{m0}" in one.called:
        yield Assigned(name, _expression(one, made, xs))
        return
    for i, text in enumerate(made):
        yield Assigned(name, f"{text}({_on(one, xs) if i == 0 else name})")


def _expression(one: Recipe, made: Sequence[str], xs: Sequence[str]) -> str:
    """Several parts in one expression."""
    return one.called.format(x=xs[0], **{f"m{i}": part for i, part in enumerate(made)})


def _on(one: Recipe, xs: Sequence[str]) -> str:
    """What stands between the brackets of a call."""
    by_number = {f"x{i}": x for i, x in enumerate(xs)}
    return one.called.format(x=xs[0], xs=", ".join(xs), **by_number) + (f", {one.more}" if one.more else "")


def _tables(network: Network) -> set[str]:
    """The embeddings whose table is used again."""
    tied = [node.layer.embedding for node in network.nodes if isinstance(node.layer, Tied)]
    return {node.name for node in network.nodes if node.layer in tied}


def _tied(network: Network, node: Node, stored: dict[str, list[str]], x: str) -> str:
    assert isinstance(node.layer, Tied)
    owner = next((one for one in network.nodes if one.layer == node.layer.embedding and one.name in stored), None)
    if owner is None or node.layer.bias:
        raise refused(node, "Keras")
    return f"ops.matmul({x}, ops.transpose({stored[owner.name][0]}.embeddings))"
