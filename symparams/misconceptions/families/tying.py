"""Tied weights: an output projection that uses the matrix of an embedding."""

from __future__ import annotations

from collections.abc import Iterable

from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.layers.embedding import Embedding, ReversibleEmbedding, Tied
from symparams.layers.wrapping import TimeDistributed
from symparams.misconceptions.misconception import misconception
from symparams.misconceptions.task import Subject
from symparams.misconceptions.tensors import as_a
from symparams.model.layer import Layer


def _embedding(layer: Layer | None) -> Embedding | None:
    """The embedding whose matrix is used again."""
    if isinstance(layer, Tied):
        layer = layer.embedding
        while isinstance(layer, TimeDistributed):
            layer = layer.layer
        return layer if isinstance(layer, Embedding) else None
    return layer if isinstance(layer, ReversibleEmbedding) and layer.tie_weights else None


@misconception(
    "tied matrix counted again",
    "params",
    "weights",
    "trainable",
    layers=(Tied, ReversibleEmbedding),
    explanation="you counted the embedding matrix a second time for the output layer",
    repair="a tied output projection reuses the embedding matrix, which is stored, and counted, once",
    claim="An output projection that is tied to the embedding has a matrix of its own.",
    source="Press and Wolf, Using the Output Embedding to Improve Language Models, 2017",
)
def counted_again(s: Subject) -> Iterable[Formula]:
    """0 → V·d."""
    embedding = _embedding(as_a(s, Tied, ReversibleEmbedding))
    if embedding is not None and not s.task.node.frozen:
        matrix = embedding.V() * embedding.d()
        yield 2 * matrix if s.rule == matrix else matrix if s.rule == ZERO else matrix + s.rule


@misconception(
    "width in place of the tokens",
    "shape",
    layers=(Tied,),
    explanation="you kept the embedding dimension, but the output has one score per token",
    repair="the output layer of a language model computes one score for each token of the vocabulary",
    claim="The output layer of a language model has as many outputs at each position as the embedding dimension.",
    source="questions on the shape of the logits of a language model",
)
def width_kept(s: Subject) -> Iterable[Formula]:
    """V → d."""
    layer = as_a(s, Tied)
    if layer is not None and s.axis == s.out.axes[-1]:
        yield as_formula(s.x.shape[-1])
