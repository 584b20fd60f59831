"""Stacks of transformer layers, and the transformer, as PyTorch has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Number, Symbol, as_formula
from symparams.errors import LayerError
from symparams.layers.activation import ACTIVATION
from symparams.layers.feedforward import as_it_came, joint, letters
from symparams.layers.sizes import known
from symparams.layers.spelling import Spelling
from symparams.layers.transformer import NORM_FIRST, DecoderLayer, EncoderLayer, normed
from symparams.model.arguments import COUNT, LAYER, RATE, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import torch
from symparams.model.layer import EVERYWHERE, Incoming, Layer, Outgoing, Rules, Sight, Unit, layer_class, symbol
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Tensor
from symparams.model.work import Saved, Work, joined

_SHARE = "dropout rate: the fraction of values set to zero in training"


@layer_class
class TransformerEncoderLayer(Spelling):
    """PyTorch's spelling of an encoder or decoder layer, with the width first: (d_model, nhead, dim_feedforward).

    It is `encoderlayer(nhead, dim_feedforward)` on an input of width d_model: 4d² + 4d + 2·d·f + f + d + 4d parameters.
    TransformerDecoderLayer, with its memory, is `decoderlayer`: 2·(4d² + 4d) + 2·d·f + f + d + 6d.
    """

    d_model: Formula = argument(COUNT, "width of the input")
    nhead: Formula = argument(COUNT, "number of heads")
    dim_feedforward: Formula = argument(COUNT, "hidden width of the feed-forward network", Number(2048))
    bias: bool = argument(
        switch(), "whether its layers have biases, the normalizations among them", True, keyword=True, told=True
    )
    activation: str = argument(ACTIVATION, "function of the feed-forward network", "relu", keyword=True, told=True)
    norm_first: bool = argument(switch("norm_first"), NORM_FIRST, False, keyword=True, weightless=True)
    dropout: Formula = argument(RATE, _SHARE, ZERO, keyword=True, told=True)
    decoder: bool = argument(switch(), "whether it attends to a memory", False, keyword=True)

    names: ClassVar = ("TransformerEncoderLayer", "TransformerDecoderLayer")
    presets: ClassVar = {"TransformerDecoderLayer": {"decoder": True}}
    calls: ClassVar = (
        torch(
            "TransformerEncoderLayer TransformerDecoderLayer",
            "d_model! nhead! dim_feedforward dropout=0.1 activation -layer_norm_eps -batch_first norm_first bias "
            "-device -dtype",
        ),
    )
    title: ClassVar = "Transformer layer"
    family: ClassVar = "Transformer"
    example: ClassVar = "convention torch input(128, 512) -> nn.TransformerEncoderLayer(512, 8)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

    @property
    def kind(self) -> str:
        return "decoderlayer" if self.decoder else "encoderlayer"

    @property
    def generates(self) -> bool:
        return self.decoder

    def meant(self, *arriving: Incoming) -> EncoderLayer:
        _check_width(self.d_model, arriving[0])
        if len(arriving) > 1 and not self.decoder:
            raise LayerError("has no memory; only a TransformerDecoderLayer has one")
        of = DecoderLayer if self.decoder else EncoderLayer
        return of(self.nhead, self.dim_feedforward, bias=self.bias, activation=self.activation)


def _check_width(d_model: Formula, x: Incoming) -> None:
    if not same(d_model, x.shape[-1]):
        arrives = known(as_formula(x.shape[-1]))
        raise LayerError(f"d_model is {known(d_model)}, but the width that arrives is {arrives}")


# ---------------------------------------------------------------- stacks


@layer_class
class TransformerEncoder(Layer):
    """N encoder or decoder layers, each with weights of its own: N times the parameters of one.

    It is PyTorch's TransformerEncoder(layer, num_layers) and TransformerDecoder; `norm=yes` adds a layer normalization
    of 2·d numbers at the end. N may be a letter.
    """

    layer: Layer = argument(LAYER, "the layer, such as encoderlayer(8, 2048)")
    layers: Formula = argument(COUNT, "number of layers", short="num_layers", told=True)
    norm: bool = argument(switch(), "whether a layer normalization ends it", False, keyword=True)

    names: ClassVar = ("TransformerEncoder", "TransformerDecoder")
    stock: ClassVar = ("torch",)
    calls: ClassVar = (
        torch(
            "TransformerEncoder",
            "encoder_layer:layer! num_layers:layers! norm:norm+ -enable_nested_tensor -mask_check",
        ),
        torch("TransformerDecoder", "decoder_layer:layer! num_layers:layers! norm:norm+"),
    )
    title: ClassVar = "Stack of transformer layers"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(128, 512) -> transformerencoder(encoderlayer(8, 2048), 6)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

    @property
    def kind(self) -> str:
        return "transformer"

    def _stack(self, arriving: tuple[Incoming, ...]) -> Stack:
        layer = self.layer.meant(*arriving) if isinstance(self.layer, TransformerEncoderLayer) else self.layer
        if not isinstance(layer, EncoderLayer):
            raise LayerError(f"repeats an encoderlayer or a decoderlayer, not {layer.called}")
        if len(arriving) > 1 and not isinstance(layer, DecoderLayer):
            raise LayerError("has a memory only where it repeats a decoderlayer")
        return Stack(layer, symbol("N", self.layers, "layers"), arriving, 2 if self.norm else 0)

    def rules(self, *arriving: Incoming) -> Rules:
        stack = self._stack(arriving)
        one = stack.one
        last = "A final layer normalization has a scale and a shift for each feature" if self.norm else ""
        return replace(
            one,
            tensors=tuple(stack.tensors(one, "")),
            because=together(one.because, together(stack.told(), last, between=". ")),
            units=(
                Unit("layers", stack.N, each=one.parameters),
                *([Unit("final layer normalizations", ONE, each=2 * stack.d)] if self.norm else []),
            ),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return self._stack(arriving).work(out)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def caching(self, *arriving: Incoming) -> Text:
        return self._stack(arriving).caching()

    @property
    def generates(self) -> bool:
        return self.layer.generates

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved | None:
        return self._stack(arriving).saved(out)

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        return self._stack(arriving).cache(out)


@dataclass(frozen=True, slots=True)
class Stack:
    """N layers, one after the other."""

    layer: EncoderLayer
    N: Symbol
    arriving: tuple[Incoming, ...]
    norm: int  # how many numbers for each feature the last normalization has

    @property
    def one(self) -> Rules:
        return self.layer.rules(*self.arriving)

    def told(self) -> Text:
        """How many layers there are."""
        if number(self.N) == 1:
            return "there is one such layer"
        return say("there are {N such layers}, each with weights of its own", N=self.N)

    @property
    def d(self) -> Symbol:
        return symbol("d", self.arriving[0].shape[-1], "input features", incoming=True)

    def tensors(self, one: Rules, mark: str) -> Iterator[Tensor]:
        """Those of all layers, where one has these rules."""
        for t in one.tensors:
            each = t.called(f"{mark}layers.{t.name}", f"{mark}layers.*.{t.stored.name}")
            yield each.repeated(self.N).inside(f"{mark}layers")
        if self.norm:
            yield from normed(self.arriving[0], self.d, f"{mark}norm", self.norm > 1)

    def work(self, out: Outgoing) -> Work:
        """That of one layer N times, and two multiplications and additions a number for the last normalization."""
        one = self.layer.work(out, *self.arriving)
        every = one.times(self.N)
        last = Work(multiplications=2 * out.numbers(), additions=2 * out.numbers()) if self.norm else Work()
        if number(self.N) == 1:
            return joint(every, last, because=one.because)
        inside = say("in each of the {N layers}", N=self.N)
        return joint(every, last, because=together(inside, one.because, between=", "))

    def caching(self) -> Text:
        each = "" if number(self.N) == 1 else say("each of the {N layers} has such a cache", N=self.N)
        return together(self.layer.caching(*self.arriving), each)

    def saved(self, out: Outgoing) -> Saved:
        """That of one layer N times, and the input of the last normalization."""
        one = self.layer.saved(out, *self.arriving)
        values = self.N * one.values
        return Saved(values + out.numbers() if self.norm else values, ZERO if one.masks == ZERO else self.N * one.masks)

    def cache(self, out: Outgoing) -> Formula:
        return self.N * self.layer.cache(out, *self.arriving)


# ---------------------------------------------------------------- both together


@layer_class
class Transformer(Layer):
    """Encoder and decoder: N_e·(12d² + 13d) + 2d + N_d·(16d² + 19d) + 2d parameters where the hidden width is 4d.

    It is PyTorch's Transformer(d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward) and takes a
    fork of two, source and target: `{ @src | @tgt } -> transformer(512, 8)`. Both stacks end in a layer normalization;
    embeddings and the output layer are no part of it.
    """

    d_model: Formula = argument(COUNT, "width of the inputs", Number(512))
    nhead: Formula = argument(COUNT, "number of heads", Number(8))
    encoders: Formula = argument(COUNT, "number of encoder layers", Number(6), short="num_encoder_layers")
    decoders: Formula = argument(COUNT, "number of decoder layers", Number(6), short="num_decoder_layers")
    hidden: Formula = argument(COUNT, "hidden width", Number(2048), short="dim_feedforward", told=True)
    bias: bool = argument(
        switch(), "whether its layers have biases, the normalizations among them", True, keyword=True, told=True
    )
    activation: str = argument(ACTIVATION, "function of the feed-forward networks", "relu", keyword=True, told=True)
    norm_first: bool = argument(switch("norm_first"), NORM_FIRST, False, keyword=True, weightless=True)
    dropout: Formula = argument(RATE, _SHARE, ZERO, keyword=True, told=True)

    names: ClassVar = ("Transformer",)
    stock: ClassVar = ("torch",)
    calls: ClassVar = (
        torch(
            "Transformer",
            "d_model nhead num_encoder_layers:encoders num_decoder_layers:decoders dim_feedforward:hidden "
            "dropout=0.1 activation -custom_encoder -custom_decoder -layer_norm_eps -batch_first norm_first bias "
            "-device -dtype",
        ),
    )
    cited: ClassVar = found_in(shape="vaswani2017 §3.1", params="vaswani2017 §3.1; documentation")
    title: ClassVar = "Transformer"
    family: ClassVar = "Transformer"
    example: ClassVar = "input(100, 512) as s input(80, 512) as t { @s | @t } -> transformer(512, 8)"
    reads: ClassVar = "features"
    inputs: ClassVar = "many"

    @property
    def kind(self) -> str:
        return "transformer"

    def _stacks(self, arriving: tuple[Incoming, ...]) -> tuple[Stack, Stack]:
        if len(arriving) != 2:
            raise LayerError(f"takes a source and a target, but {len(arriving)} tensors arrive")
        source, target = arriving
        for x in arriving:
            _check_width(self.d_model, x)
        numbers = 2 if self.bias else 1
        encoder = EncoderLayer(self.nhead, self.hidden, bias=self.bias, activation=self.activation)
        decoder = DecoderLayer(self.nhead, self.hidden, bias=self.bias, activation=self.activation)
        return (
            Stack(encoder, symbol("N_e", self.encoders, "encoder layers"), (source,), numbers),
            Stack(decoder, symbol("N_d", self.decoders, "decoder layers"), (target, source), numbers),
        )

    def rules(self, *arriving: Incoming) -> Rules:
        encoder, decoder = self._stacks(arriving)
        encoding, decoding = encoder.one, decoder.one
        return Rules(
            output=as_it_came(arriving[1]),
            tensors=(*encoder.tensors(encoding, "encoder."), *decoder.tensors(decoding, "decoder.")),
            because=self._because(encoder, decoder),
            shape_because="the decoder produces one vector for each position of the target, as wide as the target",
            channels_are=None,
            requires=decoding.requires,
            units=(
                Unit("encoder layers", encoder.N, each=encoding.parameters),
                Unit("decoder layers", decoder.N, each=decoding.parameters),
                Unit("final layer normalizations", Number(2), each=2 * encoder.d if self.bias else encoder.d),
            ),
            ignores=decoding.ignores[:1],
        )

    def _because(self, encoder: Stack, decoder: Stack) -> Text:
        d, f = letters(encoder.arriving[0], self.hidden)
        biases = "" if self.bias else ", all of it without biases"
        return say(
            "the encoder has {N_e layers} of self-attention and a feed-forward network; the decoder has {N_d layers}, "
            "with attention to the encoder's output as well. Every attention has four projections from {d} to "
            "{d features}, every feed-forward network goes from {d} to {f hidden units} and back, each of these "
            f"parts has a layer normalization, and each stack ends in a further one{biases}",
            N_e=encoder.N,
            N_d=decoder.N,
            d=d,
            f=f,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        encoder, decoder = self._stacks(arriving)
        shape = Outgoing(out.axes, arriving[0].shape)
        works = encoder.work(shape), decoder.work(out)
        encoding, decoding = (ZERO if work.macs is None else work.macs for work in works)
        text = "the encoder takes {=encoding products} and the decoder {=decoding}; layer normalization adds none"
        return joint(*works, because=say(text, encoding=encoding, decoding=decoding))

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def caching(self, *arriving: Incoming) -> Text:
        return self._stacks(arriving)[1].caching()

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        encoder, decoder = self._stacks(arriving)
        one, other = encoder.saved(Outgoing(out.axes, arriving[0].shape)), decoder.saved(out)
        return Saved(one.values + other.values, joined(one.masks, other.masks))

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """What the decoder keeps; the encoder works once."""
        return self._stacks(arriving)[1].cache(out)
