"""Multi-head attention: self-attention, cross-attention and shared key and value heads."""

from __future__ import annotations

from typing import ClassVar

from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, as_formula, total
from symparams.errors import LayerError
from symparams.layers.attended import attended
from symparams.layers.attention_sentences import cached, ignored, kinds, told, worked
from symparams.layers.heads import Headed, Heads
from symparams.layers.projections import merged, projected
from symparams.layers.query_key import refining
from symparams.layers.sizes import times
from symparams.model.citation import found_in
from symparams.model.layer import (
    EVERYWHERE,
    Axis,
    Incoming,
    Outgoing,
    Rules,
    Sight,
    layer_class,
    symbol,
)
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import BOTH
from symparams.model.work import Saved, Work


@layer_class
class Attention(Headed):
    """Lets every position attend to all positions: 3·(d + 1)·d + (d + 1)·d = 4d² + 4d parameters.

    Queries, keys and values are projections of the d input features, each divided into h heads; an output projection
    combines the heads. The number of heads changes nothing. With `head=` (Keras: key_dim) the heads have a width of
    their own and need not divide d; `kv=` key-value heads serve all query heads (grouped-query attention, multi-query
    with 1). One input is self-attention; with `memory=@enc`, or a fork of two, keys and values come from the second
    tensor; a fork of three is query, key and value in this order, also where a framework's call takes the value first.
    Work: a causal mask hides scores but saves nothing, since they are computed and then hidden; scaling by 1/√d_h is
    taken as part of the query projection. `qknorm` normalizes queries and keys in each head, 2·d_h more (Qwen3);
    `qknorm=layer` has beta too where queries have biases (ViT-22B: none). `rope` rotates both by their positions,
    without parameters.
    """

    names: ClassVar = ("attention", "mqa", "gqa")
    presets: ClassVar = {"mqa": {"kv": ONE}}
    stock: ClassVar = BOTH
    cited: ClassVar = found_in(
        shape="vaswani2017 §3.2.2",
        params="vaswani2017 §3.2.2; ainslie2023 §2.2 (shared keys and values)",
        macs="liu2021 Eq. (1)",
    )
    title: ClassVar = "Multi-head attention"
    by_hand: ClassVar = (
        "each projection is written with its own biases, even where PyTorch packs several into one tensor"
    )
    family: ClassVar = "Attention"
    example: ClassVar = "input(128, 512) -> attention(8)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)
    saves: ClassVar = (
        "its inputs, queries, keys and values, the softmax of the scores and the outputs of the heads are needed for "
        "the gradients; with dropout on the scores, also the dropped scores and a mask of one byte each"
    )

    def rules(self, *arriving: Incoming) -> Rules:
        of = Heads(self, attended(arriving))
        if self.biaskv and (of.refined or not of.plain or of.kv is not None):
            raise LayerError(
                "has biaskv only where the heads share the width, without head, value, kv, qknorm and rope"
            )
        x = arriving[0]
        *names, last = x.feature_names()
        positions = tuple(map(Axis, names, map(as_formula, x.shape[:-1])))
        out = x.shape[-1] if self.output is None else symbol("d_out", self.output, "output width")
        return Rules(
            output=(*positions, Axis(last, as_formula(out))),
            tensors=of.tensors(),
            written=total([*of.parameters(), *of.others()]),
            because=together(*told(of), between=". "),
            shape_because=say(
                "each position of the query produces one vector, and the output projection makes it {d_out features} "
                "wide" + (", as many as the query has" if self.output is None else ""),
                d_out=of.d if self.output is None else as_formula(out),
            ),
            units=tuple(kinds(of)),
            ignores=tuple(ignored(of))[:2],
            channels_are=None if self.output is None else "outputs",
            requires=tuple(of.requires()),
        )

    def is_stock(self, *arriving: Incoming) -> bool:
        of = Heads(self, attended(arriving))
        if of.refined or len({self.bias, self.input_bias, self.key_bias}) > 1:
            return False
        return of.packed if arriving[0].convention == "torch" else not self.biaskv

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        of = Heads(self, attended(arriving))
        scores = of.scores()
        biases = [times(p.times, p.rows * p.wide) for p in merged(of.projections) if p.bias]
        gated = of.rows * of.value_width if self.gate else ZERO
        work = Work(
            macs=total([*projected(of.projections), *of.mixed()]),
            pairs=total(of.mixed()),
            additions=total(biases),
            multiplications=gated,
            exponentials=scores + gated if self.gate else scores,
            because=worked(of),
        )
        return work.plus(refining(self.qknorm, self.rope, of.queries_and_keys(), self.input_bias))

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def caching(self, *arriving: Incoming) -> Text:
        return cached(Heads(self, attended(arriving)))

    @property
    def generates(self) -> bool:
        return self.causal

    def saved(self, out: Outgoing, *arriving: Incoming) -> Saved:
        """Inputs, queries, keys, values, what the heads give; softmax and, with dropout, its output and mask."""
        of = Heads(self, attended(arriving))
        scores = of.scores()
        dropped = self.dropout is None or number(self.dropout) != 0
        terms = [*of.inputs(), of.queries_and_keys(), of.key_rows * of.kept_values, of.rows * of.value_width]
        return Saved(total([*terms, 2 * scores if dropped else scores]), scores if dropped else ZERO)

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """The keys and values of all positions that are attended to."""
        of = Heads(self, attended(arriving))
        if of.same_widths:
            return 2 * of.key_rows * of.kept_width
        return of.key_rows * of.kept * (of.key + of.value)
