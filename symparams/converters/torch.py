"""A network -> a script that builds it in PyTorch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symparams.converters.literals import OpenSizeError
from symparams.converters.recipes import NoCounterpartError, Recipe, refused
from symparams.converters.steps import Assigned, Written, check_sizes, free, identifier, is_chain, outputs, variables
from symparams.converters.torch_functions import function, module_of
from symparams.converters.torch_layers import CALLED, after, recipe
from symparams.errors import SymparamsError
from symparams.layers.embedding import Embedding, Tied
from symparams.layers.source import Input
from symparams.model.network import Network, Node
from symparams.sources.records import Statement


def converted(network: Network, statements: Sequence[Statement]) -> str:
    """A Sequential where each layer is a module on the one before, else a class."""
    check_sizes(network, "torch")
    recipes = [recipe_of(node) for node in network.nodes]
    pairs = list(zip(network.nodes, recipes, strict=True))
    if is_chain(network) and all(one.called in (CALLED, "{m0}({xs})") and len(one.made) == 1 for _, one in pairs[1:]):
        body = list(_sequential(pairs))
    else:
        body = list(_module(network, recipes))
    text = "\n".join(body)
    head = [line for line, word in _HEAD if f"{word}." in text]
    gap = ["", ""] if body[0].startswith("class") else [""]
    return "\n".join([*head, *gap, *body]) + "\n"


_HEAD = (("import torch", "torch"), ("from torch import nn", "nn"), ("from torch.nn import functional as F", "F"))


def recipe_of(node: Node) -> Recipe:
    """How PyTorch has a layer; raises SymparamsError where it does not."""
    if isinstance(node.layer, (Input, Tied)):
        return Recipe((), "")
    try:
        _ = function(after(node), "", 1)
        return recipe(node)
    except NoCounterpartError:
        raise refused(node, "PyTorch") from None
    except OpenSizeError:
        raise SymparamsError(f"{node.name} has a letter among its sizes") from None


def _sequential(pairs: Sequence[tuple[Node, Recipe]]) -> Iterator[str]:
    yield "model = nn.Sequential("
    for node, one in pairs[1:]:
        yield f"    {_made(node, one)[0]},"
        if after(node) != "linear":
            yield f"    {module_of(after(node), (), len(node.shape))},"
    yield ")"


def _made(node: Node, one: Recipe) -> list[str]:
    """The modules of a layer."""
    return [f"{text}.requires_grad_(False)" if node.frozen else text for text in one.made]


def _module(network: Network, recipes: Sequence[Recipe]) -> Iterator[str]:
    words = "".join(word[:1].upper() + word[1:] for word in network.title.split())
    title = identifier(words) if words else "Net"
    names = variables(network)
    inputs = [name for node, name in zip(network.nodes, names, strict=True) if isinstance(node.layer, Input)]
    layers = list(each_layer(network, recipes))
    yield f"class {title}(nn.Module):"
    yield "    def __init__(self):"
    yield "        super().__init__()"
    yield from (f"        self.{name} = {text}" for one in layers for name, text in one.parts)
    yield ""
    yield f"    def forward(self, {', '.join(inputs)}):"
    yield from (f"        {name} = {text}" for one in layers for name, text in one.outputs)
    yield f"        return {', '.join(names[i] for i in outputs(network))}"
    yield ""
    yield ""
    yield f"model = {title}()"


def each_layer(network: Network, recipes: Sequence[Recipe]) -> Iterator[Written]:
    """The layers as a class has them: their modules, which are its attributes, and what is computed with them."""
    names = variables(network)
    attributes: dict[str, list[str]] = {}  # of each layer with modules of its own
    taken: set[str] = set()
    inputs = [name for node, name in zip(network.nodes, names, strict=True) if isinstance(node.layer, Input)]
    for node, one, name in zip(network.nodes, recipes, names, strict=True):
        parts: tuple[Assigned, ...] = ()
        if one.made and not node.shared:
            word = free(identifier(node.name), taken)
            several = [word if len(one.made) == 1 else free(f"{word}_{i + 1}", taken) for i in range(len(one.made))]
            attributes[node.name] = several
            parts = tuple(map(Assigned, several, _made(node, one)))
        xs = [names[i] for i in node.inputs] or inputs[:1]
        if isinstance(node.layer, Input):
            yield Written(node, (), ())
        elif isinstance(node.layer, Tied):
            yield Written(node, parts, (Assigned(name, _tied(network, node, attributes, xs[0])),))
        else:
            yield Written(node, parts, (Assigned(name, _called(network, node, one, attributes, xs)),))


def _called(network: Network, node: Node, one: Recipe, attributes: dict[str, list[str]], xs: Sequence[str]) -> str:
    """The output of a layer as an expression."""
    if isinstance(node.layer, Embedding) and not isinstance(network.nodes[node.inputs[0]].layer, Input):
        xs = [f"{xs[0]}.long()"]
    modules = attributes.get(node.shared or node.name, [])
    known = {f"m{i}": f"self.{module}" for i, module in enumerate(modules)}
    known |= {f"x{i}": x for i, x in enumerate(xs)} | {"x": xs[0], "xs": ", ".join(xs)}
    return function(after(node), one.called.format(**known), len(node.shape))


def _tied(network: Network, node: Node, attributes: dict[str, list[str]], x: str) -> str:
    assert isinstance(node.layer, Tied)
    owner = next((one for one in network.nodes if one.layer == node.layer.embedding and one.name in attributes), None)
    if owner is None or node.layer.bias:
        raise refused(node, "PyTorch")
    return f"nn.functional.linear({x}, self.{attributes[owner.name][0]}.weight)"
