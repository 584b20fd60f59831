"""The encoder and decoder layers of a transformer as one layer each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Number, Symbol, product, total
from symparams.algebra.substitution import mapped
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION
from symparams.layers.attended import width
from symparams.layers.attention import Attention
from symparams.layers.feedforward import (
    as_it_came,
    joint,
    letters,
    part_rule,
    part_saved,
    part_tensors,
    part_work,
    places,
)
from symparams.layers.sizes import equal
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.citation import found_in
from symparams.model.layer import EVERYWHERE, Incoming, Layer, Outgoing, Requirement, Rules, Sight, Unit, layer_class
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Convention, Tensor, biases, tensor
from symparams.model.work import Saved, Work

_HIDDEN = 2048  # as in PyTorch

NORM_FIRST = "whether normalization comes before attention and feed-forward network, which changes no count"


@layer_class
class EncoderLayer(Layer):
    """Self-attention, a feed-forward network and two normalizations: 4d² + 4d + 2·d·f + f + d + 4d parameters.

    It is PyTorch's TransformerEncoderLayer with the number of heads and the hidden width f as arguments; the width d is
    that of the input. Whether normalization comes first (norm_first) changes no count.
    """

    heads: Formula = argument(COUNT, "number of heads", short="h", told=True)
    hidden: Formula = argument(COUNT, "hidden width of the feed-forward network", Number(_HIDDEN), told=True)
    bias: bool = argument(
        switch(), "whether its layers have biases, the normalizations among them", True, keyword=True, told=True
    )
    activation: str = argument(ACTIVATION, "function of the feed-forward network", "relu", keyword=True, told=True)
    norm_first: bool = argument(switch("norm_first"), NORM_FIRST, False, keyword=True, weightless=True)
    causal: bool = argument(
        switch("causal"),
        "whether a position attends only to itself and earlier positions",
        False,
        keyword=True,
        weightless=True,
    )

    names: ClassVar = ("encoderlayer",)
    stock: ClassVar[tuple[Convention, ...]] = ("torch",)
    cited: ClassVar = found_in(
        shape="vaswani2017 §3.1", params="vaswani2017 §3.1; pytorch torch.nn.TransformerEncoderLayer"
    )
    title: ClassVar[str] = "Transformer encoder layer"
    family: ClassVar = "Transformer"
    example: ClassVar[str] = "input(128, 512) -> encoderlayer(8, 2048)"
    reads: ClassVar = "features"
    attentions: ClassVar[tuple[str, ...]] = ("self_attn",)
    consists: ClassVar[str] = (
        "an encoder layer consists of self-attention with four projections from {d} to {d features}"
    )

    def rules(self, *arriving: Incoming) -> Rules:
        x = self._main(arriving)
        d, f = letters(x, self.hidden)
        attending = [self._attention().rules(*given) for given in self._given(arriving)]
        return Rules(
            output=as_it_came(x),
            tensors=tuple(self._tensors(x, attending)),
            because=self._because(d, f),
            shape_because=say(
                "attention and feed-forward network both map back to {d features}, so the shape stays the same", d=d
            ),
            channels_are=None,
            requires=(*attending[-1].requires, *self._fits(arriving)),
            units=tuple(self._kinds(d, f)),
            ignores=attending[-1].ignores,
        )

    def _because(self, d: Symbol, f: Symbol) -> Text:
        count = "three" if len(self.attentions) > 1 else "two"
        normed = "a scale and a shift" if self.bias else "only a scale"
        biases = "all projections and layers have biases" if self.bias else "there are no biases"
        before = f"{self.consists}, a feed-forward network from {{d}} to {{f hidden units}}"
        after = f" and back, and {count} layer normalizations with {normed} for each feature; {biases}"
        is_default = number(self.hidden) == _HIDDEN
        return say(f"{before} (the default){after}" if is_default else before + after, before + after, d=d, f=f)

    def _kinds(self, d: Symbol, f: Symbol) -> Iterator[Unit]:
        """Its parts, by how many parameters they have."""
        count = len(self.attentions)
        attention = 4 * (d * d + d) if self.bias else 4 * (d * d)
        yield Unit("attentions" if count > 1 else "self-attentions", Number(count), each=attention)
        yield Unit("feed-forward networks", ONE, each=part_rule(d, f, bias=self.bias))
        yield Unit("layer normalizations", Number(count + 1), each=2 * d if self.bias else d)

    def _attention(self) -> Attention:
        return Attention(heads=self.heads, bias=self.bias, causal=self.causal)

    def _main(self, arriving: tuple[Incoming, ...]) -> Incoming:
        """The tensor that flows through."""
        return arriving[0]

    def _given(self, arriving: tuple[Incoming, ...]) -> tuple[tuple[Incoming, ...], ...]:
        """What each of the attentions takes."""
        return (arriving,)

    def _fits(self, arriving: tuple[Incoming, ...]) -> tuple[Requirement, ...]:
        """What must hold of the tensors that arrive together."""
        return ()

    def _tensors(self, x: Incoming, attending: Sequence[Rules]) -> Iterator[Tensor]:
        d, f = letters(x, self.hidden)
        for name, attention in zip(self.attentions, attending, strict=True):
            for t in attention.tensors:
                yield self._as_wide(t, d).inside(name).called(f"{name}.{t.name}", f"{name}.{t.stored.name}")
        n = product(places(x))
        for t in part_tensors(x.convention, d, f, bias=self.bias, paths=("linear1", "linear2")):
            yield replace(t, uses=n).inside("feed-forward")
        for i in range(len(self.attentions) + 1):
            yield from normed(x, d, f"norm{i + 1}", self.bias)

    @staticmethod
    def _as_wide(t: Tensor, d: Symbol) -> Tensor:
        """The tensor where the memory is known to be as wide as what flows in."""

        def one_letter(leaf: Formula) -> Formula:
            return d if isinstance(leaf, Symbol) and leaf.name == "d_m" else leaf

        return t.changed(lambda size: mapped(size, one_letter))

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """That of its parts; a normalization is two multiplications and two additions for each number, an addition
        joins each part to what came in."""
        x = self._main(arriving)
        d, _ = letters(x, self.hidden)
        numbers = product([*places(x), d])
        attending = [self._attention().work(out, *given) for given in self._given(arriving)]
        feeding = part_work(x, self.hidden, self.bias, self.activation)
        parts = len(self.attentions) + 1
        around = Work(multiplications=2 * parts * numbers, additions=3 * parts * numbers)
        return joint(*attending, feeding, around, because=_products([*attending, feeding]))

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def caching(self, *arriving: Incoming) -> Text:
        first, *others = self._given(arriving)
        of_memory = "the same is kept for the positions of the memory" if others else ""
        return together(self._attention().caching(*first), of_memory)

    @property
    def generates(self) -> bool:
        return self.causal

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        """That of its parts, each normalization with its input."""
        x = self._main(arriving)
        d, _ = letters(x, self.hidden)
        parts = [self._attention().saved(out, *given) for given in self._given(arriving)]
        parts.append(part_saved(x, self.hidden, self.activation))
        norms = product([Number(len(parts)), *places(x), d])
        masks = [part.masks for part in parts if part.masks != ZERO]
        return Saved(total([*(part.values for part in parts), norms]), total(masks))

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return total(self._attention().cache(out, *given) for given in self._given(arriving))


def _products(works: Sequence[Work]) -> Text:
    """How many products each part takes."""
    macs = [ZERO if work.macs is None else work.macs for work in works]
    first, second, feeding = macs[0], macs[-2], macs[-1]
    attending = "self-attention takes {=first products}"
    if len(works) > 2:
        attending += ", attention to the memory {=second}"
    text = f"{attending} and the feed-forward network {{=feeding}}; layer normalization adds no multiply-accumulates"
    return say(text, first=first, second=second, feeding=feeding)


def normed(x: Incoming, d: Formula, name: str, bias: bool, stored: str = "") -> Iterator[Tensor]:
    """The tensors of a layer normalization in a larger layer."""
    path = stored or name
    yield tensor(x.convention, f"{name} gamma", outputs=(d,), stored=f"{path}.weight").inside(name)
    if bias:
        yield biases(x.convention, d, name=f"{name} beta", stored=f"{path}.bias").inside(name)


@layer_class
class DecoderLayer(EncoderLayer):
    """Self-attention, attention to a memory, feed-forward network: 2·(4d² + 4d) + 2·d·f + f + d + 6d parameters.

    It is PyTorch's TransformerDecoderLayer: `decoderlayer(h, f, memory=@enc)`, or a fork of two, the second of which
    is the memory, as wide as the input. Whether normalization comes first (norm_first) changes no count.
    """

    names: ClassVar = ("decoderlayer",)
    stock: ClassVar = ("torch",)
    cited: ClassVar = found_in(
        shape="vaswani2017 §3.1", params="vaswani2017 §3.1; pytorch torch.nn.TransformerDecoderLayer"
    )
    title: ClassVar = "Transformer decoder layer"
    example: ClassVar = "input(128, 512) as enc input(100, 512) -> decoderlayer(8, 2048, memory=@enc)"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)
    attentions: ClassVar = ("self_attn", "multihead_attn")
    consists: ClassVar = (
        "a decoder layer consists of self-attention and attention to the memory, each with four projections "
        "from {d} to {d features}"
    )

    @property
    def generates(self) -> bool:
        return True

    def _given(self, arriving: tuple[Incoming, ...]) -> tuple[tuple[Incoming, ...], ...]:
        if len(arriving) != 2:
            count = "one tensor arrives" if len(arriving) == 1 else f"{len(arriving)} tensors arrive"
            raise LayerError(f"needs two tensors, one of them as memory=@name, but {count}")
        x, memory = arriving
        return ((x,), (x, memory))

    def _fits(self, arriving: tuple[Incoming, ...]) -> tuple[Requirement, ...]:
        x, memory = arriving
        widths = (width(x), width(memory, "d_m", "memory"))
        return equal(*widths, lambda: f"{x} arrives and the memory is {memory}: their widths must be equal")
