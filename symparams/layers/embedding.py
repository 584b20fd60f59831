"""Embeddings: a vector for each token, a vector for each position, and scores for tokens from vectors."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError
from symparams.layers.sizes import equal, known
from symparams.layers.wrapping import TimeDistributed
from symparams.model.arguments import COUNT, NAMED, argument, switch
from symparams.model.citation import found_in
from symparams.model.framework import FrameworkClass, keras, keras1, torch
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    Unit,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import BOTH, Convention, Tensor, biases, flat, tensor
from symparams.model.work import Work

_DIMENSIONS = "embedding dimensions"


def _vectors(x: Incoming, d: Formula) -> tuple[Axis, ...]:
    """The axes of the input and a new last one."""
    sizes = (*x.shape, d)
    return tuple(map(Axis, Incoming(sizes, x.convention).feature_names(), map(as_formula, sizes)))


def _vectors_of(x: Incoming, name: str, rows: Formula, d: Formula) -> Tensor:
    """A table with a vector for each row; it is looked up, which multiplies nothing."""
    return tensor(x.convention, name, inputs=(rows,), outputs=(d,), uses=ZERO, shape=(rows, d))


@layer_class
class Embedding(Layer):
    """Looks up a vector of d values for each token: V·d parameters, whatever the length of the text.

    It appends an axis: (T) becomes (T, d). A lookup multiplies nothing. Keras and PyTorch count alike.
    """

    vocabulary: Formula = argument(COUNT, "vocabulary: the number of different tokens", told=True)
    width: Formula = argument(COUNT, "width: the length of the vector of a token", told=True)

    names: ClassVar[tuple[str, ...]] = ("embedding", "Embedding")
    stock: ClassVar[tuple[Convention, ...]] = BOTH
    calls: ClassVar[tuple[FrameworkClass, ...]] = (
        keras(
            "Embedding",
            "input_dim:vocabulary! output_dim:width! -embeddings_initializer -embeddings_regularizer "
            "-embeddings_constraint -mask_zero -weights -lora_rank -lora_alpha -quantization_config",
        ),
        torch(
            "Embedding",
            "num_embeddings:vocabulary! embedding_dim:width! -padding_idx -max_norm -norm_type "
            "-scale_grad_by_freq -sparse -_weight -_freeze -device -dtype",
        ),
        keras1(
            "Embedding",
            "input_dim:vocabulary! output_dim:width! -init -input_length -{W,activity}_regularizer -W_constraint "
            "-mask_zero -weights -dropout",
        ),
    )
    title: ClassVar[str] = "Embedding"
    family: ClassVar = "Embedding"
    example: ClassVar[str] = "input(128) -> embedding(10000, 64)"
    asked: ClassVar = {
        "one-hot": "a one-hot vector times the table would give the same row, but the layer takes the row directly",
        "bias": "a bias would add the same vector to every row, which the rows can learn themselves",
    }
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        V, d = self.V(), self.d()
        return Rules(
            output=_vectors(x, d),
            tensors=(_vectors_of(x, "embeddings", V, d),),
            because=_table(x, V, d),
            shape_because=say(_APPENDED, d=d),
            channels_are=_DIMENSIONS,
            unit=Unit("rows", V),
            ignores=_lookups(x),
        )

    def V(self) -> Formula:
        return symbol("V", self.vocabulary, "vocabulary size")

    def d(self) -> Formula:
        return symbol("d", self.width, "embedding dimension")


_APPENDED = "each token is replaced by its row, a vector of {d values}, so an axis is appended"


def _table(x: Incoming, V: Formula, d: Formula) -> Text:
    """What an embedding is, with what the framework calls its sizes."""
    names = ("input_dim", "output_dim") if x.convention == "keras" else ("num_embeddings", "embedding_dim")
    return say(
        "an embedding is a table with one row for each of the {V tokens} in the vocabulary ({@rows}), whether or not "
        "they occur in the input. A row is a "
        "learned vector of {d values} ({@columns}), used wherever the token occurs; there is no bias",
        V=V,
        d=d,
        rows=names[0],
        columns=names[1],
    )


def _lookups(x: Incoming) -> tuple[Text, ...]:
    """How long the input is does not matter."""
    if all(size == 1 for size in x.shape):
        return ()
    T = flat(map(as_formula, x.shape))
    if len(x.shape) == 1:
        return (say("the length of the input, {T}, does not matter: it only says how many rows are looked up", T=T),)
    return (say("the {=T tokens} of the input do not matter: they only say how many rows are looked up", T=T),)


@layer_class
class EmbeddingBag(Embedding):
    """Looks up a vector of d values for each token of a bag and averages them: V·d parameters.

    There is one vector for the whole bag: (T) becomes (d). With sums=yes the vectors are added.
    """

    sums: bool = argument(switch(), "whether the vectors are added and not averaged", False, keyword=True)

    names: ClassVar = ("embeddingbag", "EmbeddingBag")
    stock: ClassVar = ("torch",)
    calls: ClassVar = (
        torch(
            "EmbeddingBag",
            "num_embeddings:vocabulary! embedding_dim:width! -max_norm -norm_type -scale_grad_by_freq -mode "
            "-sparse -_weight -include_last_offset -padding_idx -device -dtype",
        ),
    )
    title: ClassVar = "Embedding bag"
    example: ClassVar = "input(128) -> embeddingbag(10000, 64)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 1:
            raise LayerError(f"needs a bag of tokens, an input of shape (T), not {x}")
        V, d = self.V(), self.d()
        return Rules(
            output=(Axis("features", d),),
            tensors=(_vectors_of(x, "embeddings", V, d),),
            because=together(_table(x, V, d), _SUMS if self.sums else _AVERAGES, between=". "),
            shape_because=f"the vectors of all tokens are {'added' if self.sums else 'averaged'} to one vector",
            channels_are=_DIMENSIONS,
            unit=Unit("rows", V),
            ignores=_lookups(x),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """The sum of T vectors, and its division by T."""
        T = symbol("T", arriving[0].shape[0], "tokens in the bag", incoming=True)
        return Work(additions=(T - 1) * out.numbers(), multiplications=ZERO if self.sums else out.numbers())

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class ReversibleEmbedding(Embedding):
    """An embedding that also maps vectors back to tokens: V·d parameters if both share a matrix, else 2·V·d.

    The way back is written `tied(@name)`. Keras only; in PyTorch it is an embedding and a linear layer.
    """

    tie_weights: bool = argument(switch(), "whether the way back to tokens uses the same matrix", True, keyword=True)

    names: ClassVar = ("reversibleembedding", "ReversibleEmbedding")
    stock: ClassVar = ("keras",)
    calls: ClassVar = (
        keras(
            "ReversibleEmbedding",
            "input_dim:vocabulary! output_dim:width! tie_weights -embeddings_initializer -embeddings_regularizer "
            "-embeddings_constraint -mask_zero -reverse_dtype -logit_soft_cap",
        ),
    )
    cited: ClassVar = found_in(params="press2017; documentation")
    title: ClassVar = "Reversible embedding"
    example: ClassVar = "input(128) -> reversibleembedding(10000, 64)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        V, d = self.V(), self.d()
        reverse = tensor(x.convention, "reverse embeddings", inputs=(V,), outputs=(d,), uses=ZERO, shape=(d, V))
        back = () if self.tie_weights else (reverse,)
        return Rules(
            output=_vectors(x, d),
            tensors=(_vectors_of(x, "embeddings", V, d), *back),
            because=together(_table(x, V, d), _OWN_TABLE if back else _SAME_TABLE, between=". "),
            shape_because=say(_APPENDED, d=d),
            channels_are=_DIMENSIONS,
            unit=Unit("tokens" if back else "rows", V),
            ignores=_lookups(x),
        )


_SUMS = "Adding the vectors takes no weights"
_AVERAGES = "Averaging the vectors takes no weights"
_OWN_TABLE = "A second table of the same size turns vectors back into scores for the tokens"
_SAME_TABLE = "The same table turns vectors back into scores for the tokens, so it is counted once"


@layer_class
class Positional(Layer):
    """Looks up a vector of d values for each position: T_max·d parameters, none for sines and cosines.

    It maps (T) or (T, d) to (T, d), the vectors of the positions alone, which are then added to those of the tokens:
    `{ embedding(V, d) | positional(T, d) } -> add`. Learned positions end at T_max, so T must not be larger.
    """

    length: Formula = argument(COUNT, "positions: the maximum sequence length", told=True)
    width: Formula = argument(COUNT, "width: the length of the vector of a position", told=True)
    sinusoidal: bool = argument(switch("sinusoidal"), "whether the vectors are sines and cosines", False, keyword=True)

    names: ClassVar = ("positional", "PositionEmbedding")
    cited: ClassVar = found_in("vaswani2017 §3.5")
    title: ClassVar = "Position embedding"
    family: ClassVar = "Embedding"
    example: ClassVar = "input(128) -> { embedding(10000, 64) | positional(512, 64) } -> add"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) not in (1, 2):
            raise LayerError(f"needs an input of shape (T) or (T, d), not {x}")
        T_max = symbol("T_max", self.length, "maximum sequence length")
        d = symbol("d", self.width, "embedding dimension")
        requires: tuple[Requirement, ...] = ()
        if not self.sinusoidal:
            requires = (Requirement(T_max, ">=", x.sequence().size, lambda: self._long(x)),)
        if len(x.shape) == 2:
            arrived = symbol("n_in", x.shape[1], "width of the input", incoming=True)
            requires += equal(arrived, d, lambda: self._wide(x))
        output = _vectors(Incoming(x.shape[:1], x.convention), d)
        T = x.sequence().size
        shape_because = say("each of the {T positions} has one vector of {d values}", T=T, d=d)
        if self.sinusoidal:
            because = "the vectors are fixed sines and cosines of the position, so there is nothing to learn"
            return nothing_to_learn(output, because, shape_because, channels_are=_DIMENSIONS, requires=requires)
        return Rules(
            output=output,
            tensors=(_vectors_of(x, "positions", T_max, d),),
            because=say(
                "each of the {T_max positions} has one learned vector of {d values}, independent of the token there; "
                "there is no bias",
                T_max=T_max,
                d=d,
            ),
            shape_because=shape_because,
            channels_are=_DIMENSIONS,
            requires=requires,
            unit=Unit("positions", T_max),
            ignores=() if same(x.shape[0], self.length) else (say(_ALL_COUNT, T=T, T_max=T_max),),
        )

    def _long(self, x: Incoming) -> str:
        return f"has vectors for {known(self.length)} positions, but the input has {shown(x.shape[0], PLAIN)}"

    def _wide(self, x: Incoming) -> str:
        width = shown(x.shape[1], PLAIN)
        return f"the vectors of the positions have the width {known(self.width)}, but those of the input have {width}"


_ALL_COUNT = "the length of the input, {T}, does not matter: the table has a row for every position up to {T_max}"


@layer_class
class Tied(Layer):
    """Computes a score for each token with the matrix of an embedding: (T, d) becomes (T, V), without new weights.

    Each score is the dot product of the input with the vector of the token, d multiplications. The matrix is counted
    with the embedding.
    """

    embedding: Layer = argument(NAMED, "the embedding")
    bias: bool = argument(switch("bias"), "whether each token has a bias", False, keyword=True, told=True)

    names: ClassVar = ("tied",)
    cited: ClassVar = found_in("press2017")
    title: ClassVar = "Tied output projection"
    family: ClassVar = "Embedding"
    example: ClassVar = "input(128) -> embedding(10000, 64) as tokens -> dense(64, gelu) -> tied(@tokens)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        embedding = self._embedding()
        V, d = embedding.V(), embedding.d()
        n_in = symbol("n_in", x.shape[-1], "inputs", incoming=True)
        *names, last = x.feature_names()
        before = map(Axis, names, map(as_formula, x.shape[:-1]))
        return Rules(
            output=(*before, Axis(last, V)),
            tensors=(biases(x.convention, V),) if self.bias else (),
            because=say(
                "the weights are the {V} × {d} table of the embedding, which is counted there"
                + ("; only the biases, one for each of the {V tokens}, are new" if self.bias else "; there is no bias"),
                V=V,
                d=d,
            ),
            shape_because=say("there is one score for each of the {V tokens} in the vocabulary", V=V),
            channels_are="tokens",
            requires=equal(n_in, d, lambda: self._misfit(x)),
        )

    def _embedding(self) -> Embedding:
        layer = self.embedding
        while isinstance(layer, TimeDistributed):
            layer = layer.layer
        if not isinstance(layer, Embedding):
            raise LayerError(f"needs the name of an embedding, but this is the layer {layer.called}")
        return layer

    def _misfit(self, x: Incoming) -> str:
        width = known(self._embedding().width)
        return f"the embedding has the width {width}, but the input has {shown(x.shape[-1], PLAIN)} at each position"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        n_in = symbol("n_in", arriving[0].shape[-1], "inputs", incoming=True)
        return Work(
            macs=n_in * out.numbers(),
            additions=out.numbers() if self.bias else ZERO,
            because=say(
                "each of the {=scores scores} is the sum of {n_in products}, of the input with the vector of a token",
                scores=out.numbers(),
                n_in=n_in,
            ),
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()
