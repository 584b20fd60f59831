"""Multi-head attention as Keras and PyTorch write it."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.errors import LayerError
from symparams.layers.attended import attended
from symparams.layers.attention import Attention
from symparams.layers.sizes import known
from symparams.layers.spelling import Spelling
from symparams.model.arguments import COUNT, RATE, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras, torch
from symparams.model.layer import Incoming, Layer, layer_class

_KERAS = "in the Keras convention it is MultiHeadAttention(num_heads, key_dim)"
_TORCH = "in the PyTorch convention it is MultiheadAttention(embed_dim, num_heads)"


@layer_class
class MultiHeadAttention(Spelling):
    """Attention as the frameworks write it: Keras (num_heads, key_dim), PyTorch (embed_dim, num_heads).

    The two positional arguments mean what the convention says. Keras: 2·(d + 1)·h·d_k + (d + 1)·h·d_v + (h·d_v + 1)·d,
    where key_dim is the width of one head and need not divide d. PyTorch: 3·(d + 1)·d + (d + 1)·d, where embed_dim is
    the width of the query and a multiple of num_heads. Inputs are as with `attention`.
    """

    first: Formula | None = argument(COUNT, "Keras: num_heads; PyTorch: embed_dim", None)
    second: Formula | None = argument(COUNT, "Keras: key_dim; PyTorch: num_heads", None)
    num_heads: Formula | None = argument(COUNT, "number of heads", None, keyword=True)
    key_dim: Formula | None = argument(COUNT, "Keras: features of a query or key in one head", None, keyword=True)
    value_dim: Formula | None = argument(COUNT, "Keras: features of a value in one head", None, keyword=True)
    output_shape: Formula | None = argument(COUNT, "Keras: output width", None, keyword=True)
    embed_dim: Formula | None = argument(COUNT, "PyTorch: width of the query", None, keyword=True)
    kdim: Formula | None = argument(COUNT, "PyTorch: width of the key", None, keyword=True)
    vdim: Formula | None = argument(COUNT, "PyTorch: width of the value", None, keyword=True)
    bias: bool = argument(
        switch(), "whether the projections have biases", True, short="use_bias", keyword=True, told=True
    )
    use_gate: bool = argument(
        switch(),
        "Keras: whether a gate, computed from the query, multiplies the output of the heads",
        False,
        keyword=True,
    )
    add_bias_kv: bool = argument(
        switch(), "PyTorch: whether a learned key and a learned value are appended", False, keyword=True
    )
    dropout: Formula = argument(
        RATE, "dropout rate: the fraction of scores set to zero in training", ZERO, keyword=True, told=True
    )
    causal: bool = argument(
        switch("causal"),
        "whether a position attends only to itself and earlier positions",
        False,
        keyword=True,
        weightless=True,
    )

    names: ClassVar = ("MultiHeadAttention", "MultiheadAttention")
    calls: ClassVar = (
        keras(
            "MultiHeadAttention",
            "num_heads:first! key_dim:second! value_dim dropout use_bias:bias output_shape -attention_axes "
            "-sliding_window -flash_attention -{kernel,bias}_initializer -{kernel,bias,activity}_regularizer "
            "-{kernel,bias}_constraint use_gate -seed",
        ),
        torch(
            "MultiheadAttention",
            "embed_dim:first! num_heads:second! dropout bias add_bias_kv -add_zero_attn kdim vdim -batch_first "
            "-device -dtype",
        ),
    )
    cited: ClassVar = found_in(shape="vaswani2017 §3.2.2", params="vaswani2017 §3.2.2; documentation")
    title: ClassVar = "Multi-head attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(128, 512) -> MultiHeadAttention(8, 64)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

    @property
    def kind(self) -> str:
        return "attention"

    @property
    def generates(self) -> bool:
        return self.causal

    def meant(self, *arriving: Incoming) -> Layer:
        if not arriving or arriving[0].convention == "keras":
            return self._keras()
        return self._torch(arriving)

    def _keras(self) -> Attention:
        for name in ("embed_dim", "kdim", "vdim", "add_bias_kv"):
            if getattr(self, name):
                raise LayerError(f"{name} is PyTorch's; {_KERAS}")
        heads = _one("num_heads", self.first, self.num_heads, _KERAS)
        key = _one("key_dim", self.second, self.key_dim, _KERAS)
        return Attention(
            heads=heads, head=key, value=self.value_dim, output=self.output_shape, bias=self.bias, gate=self.use_gate,
            causal=self.causal, dropout=self.dropout,
        )  # fmt: skip

    def _torch(self, arriving: tuple[Incoming, ...]) -> Attention:
        for name in ("key_dim", "value_dim", "output_shape", "use_gate"):
            if getattr(self, name):
                raise LayerError(f"{name} is Keras's; {_TORCH}, or attention(heads, head=…)")
        embed = _one("embed_dim", self.first, self.embed_dim, _TORCH)
        heads = _one("num_heads", self.second, self.num_heads, _TORCH)
        given = attended(arriving)
        for name, said, x in (
            ("embed_dim", embed, given.query),
            ("kdim", self.kdim, given.key),
            ("vdim", self.vdim, given.value),
        ):
            arrives = x.shape[-1]
            if said is not None and not same(said, arrives):
                raise LayerError(f"{name} is {known(said)}, but the width that arrives is {known(as_formula(arrives))}")
        return Attention(heads=heads, bias=self.bias, biaskv=self.add_bias_kv, causal=self.causal, dropout=self.dropout)


def _one(name: str, positional: Formula | None, keyword: Formula | None, form: str) -> Formula:
    """The value that is given one way or the other."""
    if positional is not None and keyword is not None:
        raise LayerError(f"gets {name} twice; {form}")
    given = keyword if positional is None else positional
    if given is None:
        raise LayerError(f"needs {name}; {form}")
    return given


@layer_class
class GroupedQueryAttention(Spelling):
    """Attention whose query heads share keys and values, as Keras writes it: (head_dim, query heads, kv heads).

    (d + 1)·h·d_h + 2·(d + 1)·n_kv·d_h + (h·d_h + 1)·d parameters. It is `attention(h, head=d_h, kv=n_kv)`.
    """

    head_dim: Formula = argument(COUNT, "width of a head")
    num_query_heads: Formula = argument(COUNT, "number of query heads")
    num_key_value_heads: Formula = argument(COUNT, "number of key-value heads")
    bias: bool = argument(
        switch(), "whether the projections have biases", True, short="use_bias", keyword=True, told=True
    )
    use_gate: bool = argument(
        switch(), "whether a gate, computed from the query, multiplies the output of the heads", False, keyword=True
    )
    dropout: Formula = argument(
        RATE, "dropout rate: the fraction of scores set to zero in training", ZERO, keyword=True, told=True
    )
    causal: bool = argument(
        switch("causal"),
        "whether a position attends only to itself and earlier positions",
        False,
        keyword=True,
        weightless=True,
    )

    names: ClassVar = ("GroupedQueryAttention", "GroupQueryAttention")
    calls: ClassVar = (
        keras(
            "GroupQueryAttention",
            "head_dim! num_query_heads! num_key_value_heads! dropout use_bias:bias -sliding_window "
            "-flash_attention -{kernel,bias}_initializer -{kernel,bias,activity}_regularizer "
            "-{kernel,bias}_constraint use_gate -seed",
        ),
    )
    cited: ClassVar = found_in(shape="ainslie2023 §2.2", params="ainslie2023 §2.2; documentation")
    title: ClassVar = "Grouped-query attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(128, 512) -> GroupedQueryAttention(64, 8, 2)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

    @property
    def kind(self) -> str:
        return "attention"

    @property
    def generates(self) -> bool:
        return self.causal

    def meant(self, *arriving: Incoming) -> Layer:
        return Attention(
            heads=self.num_query_heads, head=self.head_dim, kv=self.num_key_value_heads, bias=self.bias,
            gate=self.use_gate, causal=self.causal, dropout=self.dropout,
        )  # fmt: skip
