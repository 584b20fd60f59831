"""Attention without projections: queries, keys and values are the tensors themselves."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import ZERO, Formula, Symbol, as_formula
from symparams.errors import LayerError
from symparams.layers.attended import Attended, attended, positions, width
from symparams.model.arguments import RATE, argument, choice, switch
from symparams.model.citation import found_in
from symparams.model.framework import keras
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Layer,
    Outgoing,
    Rules,
    Sight,
    Unit,
    layer_class,
    nothing_to_learn,
)
from symparams.model.sentence import Text, say
from symparams.model.tensor import tensor
from symparams.model.work import Work

_LENGTHS = "the numbers of queries and keys do not matter: all scores share what is learned"


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


def _shape_because(given: Attended) -> Text:
    return say(
        "each of the {T queries} produces one weighted mean of the values, so the output has as many positions as "
        "there are queries, and the {d_v features} of a value",
        T=positions(given.query),
        d_v=_value_width(given),
    )


def _value_width(given: Attended) -> Symbol:
    """How wide a value is, under the name that it has as memory or as a third input."""
    names = (("d", "input"), ("d_m", "memory"), ("d_val", "value"))[given.count - 1]
    return width(given.value, *names)


@layer_class
class DotAttention(Layer):
    """Weights values by the products of queries and keys, without projections: 0 parameters.

    `scale` (Keras: use_scale) has 1 number, `score=concat` (Keras: score_mode) 1 more. Inputs are as with `attention`:
    one tensor, two for query and memory, three for query, key and value (Keras's own list is query, value, key). Keras
    calls this layer Attention; here `attention` has heads and projections.
    """

    scale: bool = argument(
        switch("scaled"),
        "whether the scores are multiplied by a learned factor",
        False,
        short="use_scale",
        keyword=True,
    )
    score: str = argument(choice("dot", "concat"), "how scores are computed", "dot", short="score_mode", keyword=True)
    dropout: Formula = argument(
        RATE, "dropout rate: the fraction of scores set to zero in training", ZERO, keyword=True, told=True
    )

    names: ClassVar = ("dotattention",)
    stock: ClassVar = ("keras",)
    calls: ClassVar = (keras("Attention", "use_scale:scale score_mode:score dropout -seed"),)
    cited: ClassVar = found_in(shape="luong2015 §3.1")
    title: ClassVar = "Dot-product attention"
    family: ClassVar = "Attention"
    example: ClassVar = "input(10, 64) as q input(20, 64) as v @q -> dotattention(scaled, memory=@v)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

    def rules(self, *arriving: Incoming) -> Rules:
        given = _scored(arriving)
        output = _output(given)
        weights = (
            *([tensor(arriving[0].convention, "scale")] if self.scale else []),
            *([tensor(arriving[0].convention, "concat_score_weight")] if self.score == "concat" else []),
        )
        if not weights:
            because = "queries, keys and values are the inputs themselves, so there are no projections to learn"
            return nothing_to_learn(output, because, _shape_because(given))
        return Rules(
            output=output,
            tensors=weights,
            because=f"{self._learned()}; queries, keys and values are the inputs themselves, without projections",
            shape_because=_shape_because(given),
            channels_are=None,
            ignores=(_LENGTHS,),
        )

    def _learned(self) -> str:
        if self.score == "dot":
            return "one learned factor multiplies every score"
        score = "a score is the sum of tanh(query + key) over the features"
        if self.scale:
            return f"{score}; one learned factor multiplies query + key, another one the sum"
        return f"{score}, multiplied by one learned factor"

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
    d_v = _value_width(given)
    pairs = T * T_m
    values = pairs * d_v
    if not added:
        because = say(
            "queries times keys take {=scores products}, one for each query, key and feature, and weighting the values "
            "takes {=values} more",
            scores=pairs * d,
            values=values,
        )
        factors = pairs if scaled else ZERO
        macs = pairs * d + values
        return Work(macs=macs, pairs=macs, multiplications=factors, exponentials=pairs, because=because)
    return Work(
        macs=pairs * d + values if weighted else values,
        pairs=pairs * d + values if weighted else values,
        additions=pairs * d if weighted else 2 * pairs * d,
        multiplications=(2 if scaled else 1) * pairs if not weighted else ZERO,
        exponentials=pairs * d + pairs,
        because=_because_of_added(pairs * d if weighted else None, values),
    )


def _because_of_added(scores: Formula | None, values: Formula) -> Text:
    """The products of scores that are sums over tanh, if these have factors, and those with the values."""
    weighting = "weighting the values by the scores takes {=values products}"
    if scores is None:
        return say(f"{weighting}; the scores themselves are sums, without products", values=values)
    text = f"the scores take {{=scores products}}, one for each query, key and feature, and {weighting}"
    return say(text, scores=scores, values=values)


@layer_class
class AdditiveAttention(Layer):
    """Scores queries and keys by the sum over tanh(query + key), with a factor for each of d features: d parameters.

    Without `scale` (Keras: use_scale) there are none. Inputs are as with `attention`.
    """

    scale: bool = argument(switch(), "whether each feature has a learned factor", True, short="use_scale", keyword=True)
    dropout: Formula = argument(
        RATE, "dropout rate: the fraction of scores set to zero in training", ZERO, keyword=True, told=True
    )

    names: ClassVar = ("AdditiveAttention",)
    stock: ClassVar = ("keras",)
    calls: ClassVar = (keras("AdditiveAttention", "use_scale:scale dropout"),)
    cited: ClassVar = found_in(shape="bahdanau2015 §A.1.2", params="bahdanau2015 §A.1.2; documentation")
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
            because = "the scores are sums over tanh(query + key) of the inputs themselves, without learned factors"
            return nothing_to_learn(_output(given), because, _shape_because(given))
        d = width(given.query)
        return Rules(
            output=_output(given),
            tensors=(tensor(arriving[0].convention, "scale", outputs=(d,)),),
            because=say(
                "a score is the sum of tanh(query + key) over the {d features}, each multiplied by a learned factor; "
                "queries, keys and values are the inputs themselves, without projections",
                d=d,
            ),
            shape_because=_shape_because(given),
            channels_are=None,
            unit=Unit("features", d),
            ignores=(_LENGTHS,),
        )

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        return _work(_scored(arriving), added=True, weighted=self.scale, scaled=False)

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE
