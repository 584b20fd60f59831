"""Multi-head latent attention: keys and values are computed from one compressed vector for each position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from symparams.algebra.formula import ONE, Formula, Number, Symbol, total
from symparams.errors import LayerError
from symparams.layers.attended import positions, width
from symparams.layers.feedforward import as_it_came
from symparams.layers.projections import FROM_HEADS, multiplied
from symparams.layers.query_key import norm_work
from symparams.layers.rotary import in_pairs, turning
from symparams.layers.sharing import count_of_positions
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.citation import found_in
from symparams.model.layer import EVERYWHERE, Incoming, Layer, Outgoing, Rules, Sight, Unit, layer_class, symbol
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import Convention, Tensor, biases, tensor
from symparams.model.work import Work


@layer_class
class LatentAttention(Layer):
    """Computes keys and values from d_c features for each position, all that the cache keeps beside d_r rotary ones.

    Queries: d·h·(d_h + d_r) parameters, or with `q_rank` d·d_q + d_q + d_q·h·(d_h + d_r), where d_q features are
    normalized (RMS) in between. Keys and values: d·(d_c + d_r) down, d_c for the RMS norm, d_c·h·(d_h + d_v) up; the
    rotary key of d_r features serves all heads. Output: h·d_v·d. `bias` gives biases to the down-projections and the
    output projection, as Hugging Face's attention_bias. Work: keys and values are computed for all positions, as in
    training; the cache has T·(d_c + d_r) numbers, since in generation the up-projections can be joined to those of
    queries and outputs. The default widths are those of DeepSeek-V2.
    """

    heads: Formula = argument(COUNT, "number of heads", short="h", told=True)
    kv_rank: Formula = argument(
        COUNT, "key-value rank: width of the compressed vector for keys and values", Number(512), short="kv_lora_rank",
        told=True,
    )  # fmt: skip
    rope: Formula = argument(
        COUNT, "rotary width: rotated features of a query in a head, and of the key that all heads share", Number(64),
        short="qk_rope_head_dim", keyword=True, told=True,
    )  # fmt: skip
    head: Formula = argument(
        COUNT, "head width: the features of a query or key in a head besides the rotary ones", Number(128),
        short="qk_nope_head_dim", keyword=True, told=True,
    )  # fmt: skip
    value: Formula | None = argument(
        COUNT,
        "value width: the features of the values in a head, by default the head width",
        None,
        short="v_head_dim",
        keyword=True,
    )
    q_rank: Formula | None = argument(
        COUNT, "query rank: the width of the compressed vector for queries, by default not compressed", None,
        short="q_lora_rank", keyword=True,
    )  # fmt: skip
    bias: bool = argument(
        switch(), "whether the down-projections and the output projection have biases", False, short="attention_bias",
        keyword=True,
    )  # fmt: skip
    causal: bool = argument(
        switch("causal"),
        "whether a position attends only to itself and earlier positions",
        False,
        keyword=True,
        weightless=True,
    )

    names: ClassVar = ("mla", "MultiHeadLatentAttention")
    cited: ClassVar = found_in("deepseek2024 §2.1", macs="deepseek2024 §2.1", cache="deepseek2024 §2.1")
    title: ClassVar = "Multi-head latent attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(128, 2048) -> mla(16, kv_rank=512, rope=64, head=128, value=128)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 2:
            raise LayerError(f"needs a sequence of shape (T, d), but {x} arrives")
        of = _Letters(self, x)
        return Rules(
            output=as_it_came(x),
            tensors=tuple(t for matrix in of.matrices for t in matrix.tensors(x.convention)),
            because=together(of.queries(), of.keys_and_values(), of.output(), between=". "),
            shape_because=say("the output projection goes back to {d features}, so the shape stays the same", d=of.d),
            channels_are=None,
            requires=(in_pairs(of.d_r, "rotary features"),),
            units=tuple(part for matrix in of.matrices for part in matrix.kinds()),
            ignores=(count_of_positions(of.T, "every position uses the same projections"),),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """Beside the multiply-accumulates: norms, rotary positions, biases, and an exponential for each score."""
        (x,) = arriving
        of = _Letters(self, x)
        T, scores = of.T, of.h * multiplied(of.T, of.T)
        met = (scores * of.query, scores * of.d_v)
        work = Work(
            pairs=total(met),
            additions=total(T * m.outputs for m in of.matrices if m.bias),
            exponentials=scores,
            because=of.worked(),
        )
        normed = total(T * m.normed for m in of.matrices if m.normed is not None)
        return work.plus(norm_work("rms", normed, beta=False)).plus(turning(T * (of.h + 1) * of.d_r))

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def caching(self, *arriving: Incoming) -> Text:
        of = _Letters(self, arriving[0])
        return say(
            "while text is generated, the cache keeps a compressed vector of {d_c features} and a rotary key of "
            "{d_r features} for each of the {T positions}, from which the keys and values of all heads are computed",
            d_c=of.d_c,
            d_r=of.d_r,
            T=of.T,
        )

    @property
    def generates(self) -> bool:
        return self.causal

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """The compressed vector and the rotary key of every position, once for all heads."""
        of = _Letters(self, arriving[0])
        return of.T * (of.d_c + of.d_r)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """One of the projections."""

    name: str  # query, query up …
    stored: str  # as Hugging Face has it: q_b_proj
    inputs: Formula  # the features that it takes
    outputs: Formula  # the features that it produces
    bias: bool  # whether these have biases
    normed: Symbol | None = None  # how many of them are normalized, which takes a factor for each
    norm: str = ""  # what that norm is called
    word: str = ""  # what the inputs are, where their letters do not say it

    def kinds(self) -> Iterator[Unit]:
        """Its weights and biases, and the norm behind it."""
        weights = self.inputs * self.outputs
        yield Unit(f"{self.name} projections", ONE, each=weights + self.outputs if self.bias else weights)
        if self.normed is not None:
            yield Unit(f"{self.norm}s", ONE, each=self.normed)

    def tensors(self, convention: Convention) -> Iterator[Tensor]:
        """The matrix, its biases, and the factors of the norm behind it."""
        yield tensor(
            convention,
            f"{self.name} kernel",
            inputs=(self.inputs,),
            outputs=(self.outputs,),
            stored=f"{self.stored}.weight",
            input_word=self.word,
        )
        if self.bias:
            yield biases(convention, self.outputs, name=f"{self.name} bias", stored=f"{self.stored}.bias")
        if self.normed is not None:
            stored = self.stored.removesuffix("_with_mqa").replace("proj", "layernorm.weight")
            yield tensor(convention, f"{self.norm} gamma", outputs=(self.normed,), stored=stored)


class _Letters:
    """The letters of the layer, and its matrices."""

    def __init__(self, layer: LatentAttention, x: Incoming) -> None:
        self.layer = layer
        self.d, self.T = width(x), positions(x)
        self.h = symbol("h", layer.heads, "heads")
        self.d_c = symbol("d_c", layer.kv_rank, "compressed features")
        self.d_r = symbol("d_r", layer.rope, "rotary features of a head")
        self.d_h = symbol("d_h", layer.head, "features of a head")
        self.d_v = symbol("d_v", layer.head if layer.value is None else layer.value, "features of a value")
        self.d_q = None if layer.q_rank is None else symbol("d_q", layer.q_rank, "compressed query features")

    @cached_property
    def query(self) -> Formula:
        """A query of one head, or a key: beside its own numbers the rotary ones."""
        return self.d_h + self.d_r

    @cached_property
    def matrices(self) -> tuple[_Matrix, ...]:
        """In reading order: queries, keys and values, output."""
        return tuple(self._matrices())

    def _matrices(self) -> Iterator[_Matrix]:
        d, h, bias = self.d, self.h, self.layer.bias
        queries = h * self.query
        if self.d_q is None:
            yield _Matrix("query", "q_proj", d, queries, bias=False)
        else:
            yield _Matrix("query down", "q_a_proj", d, self.d_q, bias, self.d_q, "query norm")
            yield _Matrix("query up", "q_b_proj", self.d_q, queries, bias=False)
        compressed = self.d_c + self.d_r
        yield _Matrix("key-value down", "kv_a_proj_with_mqa", d, compressed, bias, self.d_c, "key-value norm")
        yield _Matrix("key-value up", "kv_b_proj", self.d_c, h * (self.d_h + self.d_v), bias=False)
        yield _Matrix("output", "o_proj", h * self.d_v, d, bias, word=FROM_HEADS)

    # ------------------------------------------------------------ how it is told

    def queries(self) -> Text:
        """From what the queries are computed."""
        start = "queries are projected from {d} to {=queries features}"
        if self.d_q is not None:
            start = (
                "queries are compressed from {d} features into a vector of {d_q}, which is normalized with one learned "
                "scale per feature and expanded to {=queries features}"
            )
        heads = "{d_h} ordinary and {d_r} rotary features for each of the {h heads}"
        return say(
            f"{start}: {heads}", d=self.d, d_q=self.d_q or self.d, queries=self.h * self.query, d_h=self.d_h,
            d_r=self.d_r, h=self.h,
        )  # fmt: skip

    def keys_and_values(self) -> Text:
        """From what keys and values are computed."""
        return say(
            "Keys and values are compressed together from {d} features into a vector of {d_c}, which is normalized "
            "with one learned scale per feature and expanded to {=expanded features}, a key of {d_h} and a value of "
            "{d_v} for each head. The first step also produces the {d_r} rotary features of the key, which all heads "
            "share",
            d=self.d,
            d_c=self.d_c,
            expanded=self.h * (self.d_h + self.d_v),
            d_h=self.d_h,
            d_v=self.d_v,
            d_r=self.d_r,
        )

    def output(self) -> Text:
        """Where the heads go, and what has biases."""
        biases = "; only it and the projections that compress have biases" if self.layer.bias else ", without biases"
        text = f"The output projection goes from {{=heads}} back to {{d features}}{biases}"
        return say(text, heads=self.h * self.d_v, d=self.d)

    def worked(self) -> Text:
        """The products of the projections, then those of queries with keys and of scores with values."""
        hidden = "; the causal mask saves nothing, since the scores that it hides are computed all the same"
        pairs = multiplied(self.T, self.T)
        return say(
            "the projections take {=projected products}, one for each weight at each position; in each of the "
            "{h heads}, queries times keys take {=scores products} and weighting the values {=weighted} more"
            + (hidden if self.layer.causal else ""),
            projected=total(self.T * m.inputs * m.outputs for m in self.matrices),
            h=self.h,
            scores=pairs * self.query,
            weighted=pairs * self.d_v,
        )
