"""Multi-head latent attention: keys and values are made of one small vector for each position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from symparams.algebra.formula import Formula, Number, Symbol, total
from symparams.errors import LayerError
from symparams.layers.attended import positions, width
from symparams.layers.feedforward import as_it_came
from symparams.layers.projections import FROM_HEADS, multiplied
from symparams.layers.query_key import norm_work
from symparams.layers.rotary import in_pairs, turning
from symparams.model.arguments import COUNT, argument, switch
from symparams.model.layer import EVERYWHERE, Incoming, Layer, Outgoing, Rules, Sight, layer_class, symbol
from symparams.model.tensor import Convention, Tensor, biases, tensor
from symparams.model.work import Work


@layer_class
class LatentAttention(Layer):
    """Makes keys and values of d_c numbers for each position, all that the cache keeps beside d_r rotary ones.

    Queries: d·h·(d_h + d_r) parameters, or with `q_rank` d·d_q + d_q + d_q·h·(d_h + d_r), where d_q numbers are
    normalized (RMS) in between. Keys and values: d·(d_c + d_r) down, d_c for the RMS norm, d_c·h·(d_h + d_v) up; the
    rotary key of d_r numbers serves all heads. Output: h·d_v·d. `bias` gives biases to the down-projections and the
    output projection, as Hugging Face's attention_bias. Work: keys and values are computed for all positions, as in
    training; the cache has T·(d_c + d_r) numbers, since in generation the up-projections can be joined to those of
    queries and outputs. DeepSeek-AI, DeepSeek-V2, 2024, with its widths as defaults.
    """

    heads: Formula = argument(COUNT, "number of heads", short="h", told=True)
    kv_rank: Formula = argument(
        COUNT, "key-value rank: compressed numbers of keys and values at a position", Number(512), short="kv_lora_rank",
        told=True,
    )  # fmt: skip
    rope: Formula = argument(
        COUNT, "rotary width: turned numbers of a query in a head, and of the key that all heads share", Number(64),
        short="qk_rope_head_dim", keyword=True, told=True,
    )  # fmt: skip
    head: Formula = argument(
        COUNT, "head width: that of queries and keys beside the rotary part", Number(128),
        short="qk_nope_head_dim", keyword=True, told=True,
    )  # fmt: skip
    value: Formula | None = argument(
        COUNT, "width of the values in a head: that of the keys if not given", None, short="v_head_dim", keyword=True
    )
    q_rank: Formula | None = argument(
        COUNT, "query rank: compressed numbers of queries, which are not compressed if not given", None,
        short="q_lora_rank", keyword=True,
    )  # fmt: skip
    bias: bool = argument(
        switch(), "whether the down-projections and the output projection have biases", False, short="attention_bias",
        keyword=True,
    )  # fmt: skip
    causal: bool = argument(
        switch("causal"), "whether a position sees only those before it", False, keyword=True, weightless=True
    )

    names: ClassVar = ("mla", "MultiHeadLatentAttention")
    title: ClassVar = "Multi-head latent attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(128, 2048) -> mla(16, kv_rank=512, rope=64, head=128, value=128)"
    reads: ClassVar = "features"
    keeps: ClassVar = (
        "while text is generated, the compressed vector and the rotary key of all earlier positions are kept"
    )

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 2:
            raise LayerError(f"needs a sequence of shape (T, d), but {x} arrives")
        of = _Letters(self, x)
        return Rules(
            output=as_it_came(x),
            tensors=tuple(t for matrix in of.matrices() for t in matrix.tensors(x.convention)),
            because=self._because(),
            shape_because="the output projection goes back to the width that arrived, so the shape stays",
            channels_are=None,
            requires=(in_pairs(of.d_r, "numbers in a head"),),
        )

    def _because(self) -> str:
        compressed = "" if self.q_rank is None else " from a compressed vector, which is normalized"
        return (
            f"the queries of all heads are projected{compressed}; their keys and values are projected from one "
            "compressed vector, which is normalized; the rotary part of the keys is made beside it, once for all "
            "heads; one more matrix joins the heads; "
            + ("the down-projections and the output projection have biases" if self.bias else "there are no biases")
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """Beside the multiply-accumulates: norms, rotary positions, biases, and an exponential for each score."""
        (x,) = arriving
        of = _Letters(self, x)
        T, scores = of.T, of.h * multiplied(of.T, of.T)
        met = (scores * of.query, scores * of.d_v)
        hidden = "; a causal mask hides scores that are computed all the same" if self.causal else ""
        work = Work(
            pairs=total(met),
            additions=total(T * m.outputs for m in of.matrices() if m.bias),
            exponentials=scores,
            because="every position is compressed and its keys and values are made of that; in each head every query "
            f"meets every key and weighs every value{hidden}",
        )
        normed = total(T * m.normed for m in of.matrices() if m.normed is not None)
        return work.plus(norm_work("rms", normed, beta=False)).plus(turning(T * (of.h + 1) * of.d_r))

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """The compressed vector and the rotary key of every position, once for all heads."""
        of = _Letters(self, arriving[0])
        return of.T * (of.d_c + of.d_r)


@dataclass(frozen=True, slots=True)
class _Matrix:
    """One of the projections."""

    name: str  # query, query up …
    stored: str  # as Hugging Face has it: q_b_proj
    inputs: Formula  # the numbers that it joins
    outputs: Formula  # the numbers that it makes
    bias: bool  # whether these have biases
    normed: Symbol | None = None  # how many of them are normalized, which takes a factor for each
    norm: str = ""  # what that norm is called
    word: str = ""  # what the inputs are, where their letters do not say it

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
        self.d_r = symbol("d_r", layer.rope, "rotary numbers in a head")
        self.d_h = symbol("d_h", layer.head, "numbers in a head")
        self.d_v = symbol("d_v", layer.head if layer.value is None else layer.value, "numbers in a value")
        self.d_q = None if layer.q_rank is None else symbol("d_q", layer.q_rank, "compressed query features")

    @property
    def query(self) -> Formula:
        """A query of one head, or a key: beside its own numbers the rotary ones."""
        return self.d_h + self.d_r

    def matrices(self) -> Iterator[_Matrix]:
        """In reading order: queries, keys and values, output."""
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
