"""Attention without projections: queries, keys and values are the tensors themselves."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import ZERO, Formula, as_formula
from symparams.errors import LayerError
from symparams.layers.attended import Attended, attended, positions, width
from symparams.model.arguments import RATE, argument, choice, switch
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Rules,
    Sight,
    layer_class,
    nothing_to_learn,
)
from symparams.model.tensor import tensor
from symparams.model.work import Work


def _scored(arriving: tuple[Incoming, ...]) -> Attended:
    """Query, key and value, the first two equally wide."""
    given = attended(arriving)
    if len(given.query.shape) > 2:
        raise LayerError(f"needs sequences of shape (T, d), but {given.query} arrives")
    if not same(given.query.shape[-1], given.key.shape[-1]):
        raise LayerError(f"the query is {given.query} and the key is {given.key}: their widths must be equal")
    return given


def _output(given: Attended) -> tuple[Axis, ...]:
    """The queries' positions, each with a mean of the values."""
    name = given.query.last_name
    return (Axis("length", as_formula(given.query.shape[0])), Axis(name, as_formula(given.value.shape[-1])))


_SHAPE = "every query gives a weighted mean of the values, so there are as many as queries, each as wide as a value"


@layer_class
class DotAttention(Layer):
    """Weighs values by the products of queries and keys, without projections: 0 parameters.

    `scale` (Keras: use_scale) has 1 number, `score=concat` (Keras: score_mode) 1 more. Inputs are as with `attention`:
    one tensor, two for query and memory, three for query, key and value (Keras' own list is query, value, key). Keras
    calls this layer Attention; here `attention` has heads and projections. Luong et al., Effective Approaches to
    Attention-based Neural Machine Translation, 2015.
    """

    scale: bool = argument(
        switch("scaled"), "whether the scores have a learned factor", False, short="use_scale", keyword=True
    )
    score: str = argument(choice("dot", "concat"), "how scores are computed", "dot", short="score_mode", keyword=True)
    dropout: Formula = argument(
        RATE, "share of scores that are switched off in training", ZERO, keyword=True, told=True
    )

    names: ClassVar = ("dotattention",)
    stock: ClassVar = ("keras",)
    title: ClassVar = "Dot-product attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(10, 64) as q input(20, 64) as v @q -> dotattention(scaled, memory=@v)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

    def rules(self, *arriving: Incoming) -> Rules:
        output = _output(_scored(arriving))
        weights = (
            *([tensor(arriving[0].convention, "scale")] if self.scale else []),
            *([tensor(arriving[0].convention, "concat_score_weight")] if self.score == "concat" else []),
        )
        if not weights:
            return nothing_to_learn(output, "queries meet keys as they are; there is nothing in it to learn", _SHAPE)
        return Rules(
            output=output,
            tensors=weights,
            because=" and ".join(
                [
                    *(["one factor for all scores"] if self.scale else []),
                    *(["one factor for the sum over tanh"] if self.score == "concat" else []),
                ]
            )
            + "; queries, keys and values are taken as they are",
            shape_because=_SHAPE,
            channels_are=None,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        """With concat an addition and a tanh for each number of a query and a key; softmax: an exponential a score."""
        return _work(_scored(arriving), self.score == "concat", weighted=False, scaled=self.scale)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE


def _work(given: Attended, added: bool, weighted: bool, scaled: bool) -> Work:
    """The scores, and the values weighed by them."""
    d, T = width(given.query), positions(given.query)
    second = given.count > 1
    T_m = positions(given.key, "_m") if second else T
    d_v = width(given.value, "d_val", "value") if given.count == 3 else d
    if given.count == 2:
        d_v = width(given.value, "d_m", "memory")
    pairs = T * T_m
    values = pairs * d_v
    if not added:
        because = "every query meets every key and weighs every value"
        factors = pairs if scaled else ZERO
        macs = pairs * d + values
        return Work(macs=macs, pairs=macs, multiplications=factors, exponentials=pairs, because=because)
    return Work(
        macs=pairs * d + values if weighted else values,
        pairs=pairs * d + values if weighted else values,
        additions=pairs * d if weighted else 2 * pairs * d,
        multiplications=(2 if scaled else 1) * pairs if not weighted else ZERO,
        exponentials=pairs * d + pairs,
        because="every query and key give a score through tanh, by which every value is weighed",
    )


@layer_class
class AdditiveAttention(Layer):
    """Scores queries and keys by the sum over tanh(query + key), with a factor for each of d features: d parameters.

    Without `scale` (Keras: use_scale) there are none. Inputs are as with `attention`. Bahdanau et al., Neural Machine
    Translation by Jointly Learning to Align and Translate, 2015.
    """

    scale: bool = argument(switch(), "whether every feature has a factor", True, short="use_scale", keyword=True)
    dropout: Formula = argument(
        RATE, "share of scores that are switched off in training", ZERO, keyword=True, told=True
    )

    names: ClassVar = ("AdditiveAttention",)
    stock: ClassVar = ("keras",)
    title: ClassVar = "Additive attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(10, 64) as q input(20, 64) as v @q -> additiveattention(memory=@v)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

    @property
    def kind(self) -> str:
        return "additiveattention"

    def rules(self, *arriving: Incoming) -> Rules:
        given = _scored(arriving)
        if not self.scale:
            return nothing_to_learn(
                _output(given), "queries and keys are added as they are; there is nothing in it to learn", _SHAPE
            )
        d = width(given.query)
        return Rules(
            output=_output(given),
            tensors=(tensor(arriving[0].convention, "scale", outputs=(d,)),),
            because="each feature has one factor in the sum that makes a score; queries and keys are taken as they are",
            shape_because=_SHAPE,
            channels_are=None,
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return _work(_scored(arriving), added=True, weighted=self.scale, scaled=False)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE
