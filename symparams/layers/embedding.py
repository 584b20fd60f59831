"""Embeddings: a vector for each token, for each position, and the way back from vectors to tokens."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.errors import LayerError
from symparams.layers.sizes import equal, known
from symparams.layers.wrapping import TimeDistributed
from symparams.model.arguments import COUNT, NAMED, argument, switch
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Requirement,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
    symbol,
)
from symparams.model.tensor import BOTH, Convention, Tensor, biases, tensor
from symparams.model.work import Work


def _vectors(x: Incoming, d: Formula) -> tuple[Axis, ...]:
    """The axes that arrive and a new last one."""
    sizes = (*x.shape, d)
    return tuple(map(Axis, Incoming(sizes, x.convention).feature_names(), map(as_formula, sizes)))


def _vectors_of(x: Incoming, name: str, rows: Formula, d: Formula) -> Tensor:
    """A table with a vector for each row; it is looked up, which multiplies nothing."""
    return tensor(x.convention, name, inputs=(rows,), outputs=(d,), uses=ZERO, shape=(rows, d))


@layer_class
class Embedding(Layer):
    """Looks up a vector of d numbers for each token: V·d parameters, whatever the length of the text.

    It appends an axis: (T) becomes (T, d). A lookup multiplies nothing. Keras and PyTorch count alike.
    """

    vocabulary: Formula = argument(COUNT, "vocabulary: how many different tokens there are", told=True)
    width: Formula = argument(COUNT, "width: numbers in the vector of a token", told=True)

    names: ClassVar[tuple[str, ...]] = ("embedding", "Embedding")
    stock: ClassVar[tuple[Convention, ...]] = BOTH
    title: ClassVar[str] = "Embedding"
    family: ClassVar = "Embedding"
    example: ClassVar[str] = "input(128) -> embedding(10000, 64)"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        V, d = self.V(), self.d()
        return Rules(
            output=_vectors(x, d),
            tensors=(_vectors_of(x, "embeddings", V, d),),
            because="each token of the vocabulary has a vector of its own, wherever it stands; there are no biases",
            shape_because="the number of every token is replaced by its vector, so an axis is appended",
            channels_are="width",
        )

    def V(self) -> Formula:
        return symbol("V", self.vocabulary, "tokens in the vocabulary")

    def d(self) -> Formula:
        return symbol("d", self.width, "width of a vector")


@layer_class
class EmbeddingBag(Embedding):
    """Looks up a vector of d numbers for each token of a bag and joins them to one: V·d parameters.

    It gives one vector for the whole bag: (T) becomes (d). They are averaged, or added with sums=yes.
    """

    sums: bool = argument(switch(), "whether the vectors are added and not averaged", False, keyword=True)

    names: ClassVar = ("embeddingbag", "EmbeddingBag")
    stock: ClassVar = ("torch",)
    title: ClassVar = "Embedding bag"
    example: ClassVar = "input(128) -> embeddingbag(10000, 64)"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) != 1:
            raise LayerError(f"needs a bag of tokens, an input of shape (T), but {x} arrives")
        V, d = self.V(), self.d()
        return Rules(
            output=(Axis("features", d),),
            tensors=(_vectors_of(x, "embeddings", V, d),),
            because="each token of the vocabulary has a vector of its own; joining the vectors takes no weights",
            shape_because="the vectors of all tokens are joined to one",
            channels_are="width",
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """The sum of T vectors, and its division by T."""
        T = symbol("T", arriving[0].shape[0], "tokens in the bag", incoming=True)
        return Work(additions=(T - 1) * out.numbers(), multiplications=ZERO if self.sums else out.numbers())

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


@layer_class
class ReversibleEmbedding(Embedding):
    """An embedding that can be used backwards: V·d parameters if the way back has the same matrix, else 2·V·d.

    The way back is written `tied(@name)`. Keras only; in PyTorch it is an embedding and a linear layer.
    """

    tie_weights: bool = argument(switch(), "whether the way back uses the same matrix", True, keyword=True)

    names: ClassVar = ("reversibleembedding", "ReversibleEmbedding")
    stock: ClassVar = ("keras",)
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
            because="each token has a vector of its own"
            + (", and the way back has a matrix of its own" if back else "; the way back uses the same matrix"),
            shape_because="the number of every token is replaced by its vector, so an axis is appended",
            channels_are="width",
        )


@layer_class
class Positional(Layer):
    """Gives a vector of d numbers for each position: T_max·d parameters, none for sines and cosines.

    It takes (T) or (T, d) and gives (T, d): the positions alone, which are then added to what stands there:
    `{ embedding(V, d) | positional(T, d) } -> add`. Learned positions end at T_max, so T must not be larger.
    Vaswani et al., Attention Is All You Need, 2017.
    """

    length: Formula = argument(COUNT, "positions: how many have a vector", told=True)
    width: Formula = argument(COUNT, "width: numbers in the vector of a position", told=True)
    sinusoidal: bool = argument(switch("sinusoidal"), "whether they are sines and cosines", False, keyword=True)

    names: ClassVar = ("positional", "PositionEmbedding")
    title: ClassVar = "Position embedding"
    family: ClassVar = "Embedding"
    example: ClassVar = "input(128) -> { embedding(10000, 64) | positional(512, 64) } -> add"
    reads: ClassVar = "features"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        if len(x.shape) not in (1, 2):
            raise LayerError(f"needs an input of shape (T) or (T, d), but {x} arrives")
        T_max = symbol("T_max", self.length, "most positions")
        d = symbol("d", self.width, "width of a vector")
        requires: tuple[Requirement, ...] = ()
        if not self.sinusoidal:
            requires = (Requirement(T_max, ">=", x.sequence().size, lambda: self._long(x)),)
        if len(x.shape) == 2:
            arrived = symbol("n_in", x.shape[1], "width that arrives", incoming=True)
            requires += equal(arrived, d, lambda: self._wide(x))
        output = _vectors(Incoming(x.shape[:1], x.convention), d)
        shape_because = "there is one vector for each position"
        if self.sinusoidal:
            because = "sines and cosines of the position are fixed; there is nothing in them to learn"
            return nothing_to_learn(output, because, shape_because, channels_are="width", requires=requires)
        return Rules(
            output=output,
            tensors=(_vectors_of(x, "positions", T_max, d),),
            because="each position up to the largest has a learned vector, whatever stands there",
            shape_because=shape_because,
            channels_are="width",
            requires=requires,
        )

    def _long(self, x: Incoming) -> str:
        return f"has vectors for {known(self.length)} positions, but {shown(x.shape[0], PLAIN)} arrive"

    def _wide(self, x: Incoming) -> str:
        return f"the vectors of positions have the width {known(self.width)}, but those that arrive have " + shown(
            x.shape[1], PLAIN
        )


@layer_class
class Tied(Layer):
    """Gives a score for each token with the matrix of an embedding: (T, d) becomes (T, V), without new weights.

    Each score is the product of what arrives with the vector of the token, d multiplications. The matrix is counted
    where the embedding stands. Press and Wolf, Using the Output Embedding to Improve Language Models, 2017.
    """

    embedding: Layer = argument(NAMED, "the embedding")
    bias: bool = argument(switch("bias"), "whether each token has a bias", False, keyword=True, told=True)

    names: ClassVar = ("tied",)
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
            because="the matrix is that of the embedding and is counted there"
            + ("; only the biases, one for each token, are new" if self.bias else "; there is no bias"),
            shape_because="there is one score for each token of the vocabulary",
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
        return f"the embedding has the width {width}, but {shown(x.shape[-1], PLAIN)} numbers arrive at each position"

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        n_in = symbol("n_in", arriving[0].shape[-1], "inputs", incoming=True)
        return Work(
            macs=n_in * out.numbers(),
            additions=out.numbers() if self.bias else ZERO,
            because="every score is a product of two vectors",
        )

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE if len(arriving[0].shape) == 1 else ()
