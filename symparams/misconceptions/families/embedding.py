"""Embeddings: how many rows their table has, how wide it is, and that it is learned."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symparams.algebra.formula import ZERO, Formula, product
from symparams.layers.embedding import Embedding, EmbeddingBag, Positional
from symparams.layers.rotary import Rotary
from symparams.misconceptions.edits import exchanged, named, some, without_factor
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a
from symparams.model.layer import symbol

_COUNTS = ("params", "weights", "trainable")
_TABLES = (Embedding, Positional)
_ROWS = named("V", "T_max")


def _table(s: Subject) -> Embedding | Positional | None:
    """An embedding with a table that is asked for."""
    layer = as_a(s, *_TABLES)
    return layer if isinstance(layer, _TABLES) and s.rule != ZERO else None


@misconception(
    "length in place of the rows",
    *_COUNTS,
    layers=_TABLES,
    explanation="you used the length of the text as the number of rows of the table",
    repair="the table of an embedding has one row per token of the vocabulary (or per possible position), "
    "independent of the length of the input",
    claim="The number of parameters of a token embedding grows with the length of the texts.",
    source="Stack Overflow, questions on Keras's Embedding: input_length and input_dim",
)
def length_for_rows(s: Subject) -> Iterable[Formula]:
    """V·d → T·d."""
    if _table(s) is not None and s.x.shape:
        T = symbol("T", s.x.shape[0], "sequence length", incoming=True)
        yield from some(exchanged(s.rule, _ROWS, T))


@misconception(
    "a table for each position",
    *_COUNTS,
    layers=(Embedding,),
    explanation="you multiplied by the length of the text",
    repair="every position looks up its row in the same table, so the length of the text does not matter",
    claim="An embedding has a table of its own for every position of the text.",
    source="Stack Overflow, questions on the parameters of Keras's Embedding with input_length",
)
def table_for_each_position(s: Subject) -> Iterable[Formula]:
    """V·d → T·V·d."""
    if isinstance(_table(s), Embedding) and s.x.shape:
        yield symbol("T", s.x.shape[0], "sequence length", incoming=True) * s.rule


@misconception(
    "one row too many or too few",
    *_COUNTS,
    layers=_TABLES,
    explanation="you counted one row of the table too many or too few, as if for a padding index",
    repair="the table of an embedding has exactly as many rows as specified; a padding index is one of them",
    claim="An embedding adds one row for padding to the vocabulary size that is specified.",
    source="Keras documentation of Embedding, mask_zero: input_dim should equal the size of the vocabulary + 1",
    credit=Fraction(1, 2),
)
def off_by_one(s: Subject) -> Iterable[Formula]:
    """V·d → (V + 1)·d; → (V - 1)·d."""
    if _table(s) is not None:
        yield from some(exchanged(s.rule, _ROWS, lambda V: V + 1), exchanged(s.rule, _ROWS, lambda V: V - 1))


@misconception(
    "biases in an embedding",
    "params",
    "trainable",
    layers=_TABLES,
    explanation="you counted biases, as in a dense layer",
    repair="an embedding looks up a row of its table and adds no bias",
    claim="An embedding adds a bias to each component of the vector that it looks up.",
    source="Stack Overflow, questions on how an Embedding differs from a Dense layer",
    credit=Fraction(1, 2),
)
def with_biases(s: Subject) -> Iterable[Formula]:
    """V·d → V·d + d; → V·d + V."""
    layer = _table(s)
    if isinstance(layer, Embedding):
        yield s.rule + layer.d()
        yield s.rule + layer.V()


@misconception(
    "table taken for fixed",
    *_COUNTS,
    layers=_TABLES,
    explanation="you treated the table as fixed and counted nothing",
    repair="the vectors in the table of an embedding are learned: each of their components is a parameter",
    claim="An embedding is a lookup in a fixed table and has no parameters.",
    source="Stack Exchange, questions on how Keras's Embedding works; Bengio et al., 2003",
)
def taken_for_fixed(s: Subject) -> Iterable[Formula]:
    """V·d → 0."""
    if _table(s) is not None:
        yield ZERO


@misconception(
    "one number for each row",
    *_COUNTS,
    layers=_TABLES,
    explanation="you counted one parameter for each token or position",
    repair="each row of the table of an embedding is a vector with as many components as the embedding dimension",
    claim="An embedding has one parameter for each token of its vocabulary.",
    source="Stack Overflow, questions on Keras's Embedding: input_dim and output_dim",
)
def one_number(s: Subject) -> Iterable[Formula]:
    """V·d → V."""
    if _table(s) is not None:
        yield from some(without_factor(s.rule, named("d")))


@misconception(
    "fixed positions counted",
    *_COUNTS,
    layers=(Positional, Rotary),
    explanation="you counted parameters for position encodings that are not learned",
    repair="sinusoidal and rotary encodings are computed from the position by a formula, so there is nothing to learn",
    claim="Sinusoidal position encodings are learned.",
    source="Vaswani et al., Attention Is All You Need, 2017, section 3.5",
)
def fixed_counted(s: Subject) -> Iterable[Formula]:
    """0 → T_max·d."""
    layer = as_a(s, Positional, Rotary)
    if layer is None or s.rule != ZERO or s.task.node.frozen:
        return
    if isinstance(layer, Positional):
        yield symbol("T_max", layer.length, "most positions") * symbol("d", layer.width, "width of a vector")
    elif len(s.x.shape) == 2:
        d = symbol("d", s.x.shape[-1], "input features", incoming=True)
        yield s.x.sequence().size * d


@misconception(
    "vocabulary in place of the width",
    "shape",
    layers=(Embedding,),
    explanation="you gave each position one value per token of the vocabulary, as in a one-hot vector",
    repair="an embedding replaces each token by its vector, so the size of the new axis is the embedding dimension",
    claim="The output of an embedding has one value for each token of the vocabulary.",
    source="Stack Overflow, questions on the output shape of Keras's Embedding",
)
def one_hot(s: Subject) -> Iterable[Formula]:
    """d → V."""
    layer = as_a(s, Embedding)
    if isinstance(layer, Embedding) and s.axis == s.out.axes[-1]:
        yield from some(exchanged(s.rule, named("d"), layer.V()))


@misconception(
    "vectors of a bag side by side",
    "shape",
    layers=(EmbeddingBag,),
    explanation="you kept the vectors of all tokens",
    repair="an embedding bag reduces the vectors of its tokens to one vector",
    claim="The output of an embedding bag grows with the number of tokens in the bag.",
    source="PyTorch documentation of EmbeddingBag",
)
def side_by_side(s: Subject) -> Iterable[Formula]:
    """d → T·d."""
    if as_a(s, EmbeddingBag) is not None:
        yield symbol("T", s.x.shape[0], "tokens in the bag", incoming=True) * s.rule


@misconception(
    "lookup counted as a multiplication",
    "macs",
    layers=(Embedding,),
    explanation="you counted the product of one-hot vectors and the table",
    repair="the row of a token is looked up in the table; nothing is multiplied",
    source="Hoffmann et al., Training Compute-Optimal Large Language Models, 2022, appendix F, counts it so",
    credit=Fraction(1, 2),
)
def multiplied(s: Subject) -> Iterable[Formula]:
    """0 → T·V·d."""
    layer = as_a(s, Embedding)
    if isinstance(layer, Embedding) and s.rule == ZERO:
        T = () if len(s.x.shape) != 1 else (symbol("T", s.x.shape[0], "sequence length", incoming=True),)
        yield product([*T, layer.V(), layer.d()])
