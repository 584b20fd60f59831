"""Multi-head attention: self-attention, cross-attention and shared key and value heads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.formula import ONE, ZERO, Formula, as_formula, total
from symparams.errors import LayerError
from symparams.layers.attended import Attended, attended, positions, width
from symparams.layers.projections import FROM_HEADS, Projection, merged, multiplied, projected
from symparams.layers.query_key import QUERY_KEY_NORM, norm_rule, norm_tensors, refining, said
from symparams.layers.rotary import in_pairs
from symparams.layers.sizes import known
from symparams.model.arguments import COUNT, argument, switch
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
    symbol,
)
from symparams.model.tensor import BOTH, Tensor, biases, tensor
from symparams.model.work import Work


@layer_class
class Attention(Layer):
    """Lets every position look at all positions: 3·(d + 1)·d + (d + 1)·d = 4d² + 4d parameters.

    Queries, keys and values are projections of the input of width d, each cut into h heads; one more matrix joins the
    heads again. The number of heads changes nothing. With `head=` (Keras: key_dim) the heads have a width of their own
    and need not divide d; `kv=` heads of keys and values serve all heads of queries (grouped-query attention,
    multi-query with 1). One input is self-attention; with `memory=@enc`, or a fork of two, keys and values come from
    the second tensor; a fork of three is query, key and value in this order, also where a framework's call takes the
    value first. Work: a causal mask hides scores but saves nothing, since they are computed and then hidden; scaling
    by 1/√d_h is taken as part of the query projection. `qknorm` normalizes queries and keys in each head, 2·d_h more
    (Qwen3); `qknorm=layer` has beta too where queries have biases (ViT-22B: none). `rope` turns both by rotary
    positions, without parameters. Vaswani et al., Attention Is All You Need, 2017; Ainslie et al., GQA, 2023.
    """

    heads: Formula = argument(COUNT, "number of heads", short="h", told=True)
    head: Formula | None = argument(
        COUNT,
        "width of a head: that of its queries and keys, width / heads if not given",
        None,
        short="key",
        keyword=True,
    )
    value: Formula | None = argument(
        COUNT, "width of the values in a head: that of the keys if not given", None, keyword=True
    )
    output: Formula | None = argument(COUNT, "output width: the query's if not given", None, keyword=True)
    kv: Formula | None = argument(
        COUNT, "heads of keys and values: as many as of queries if not given", None, keyword=True
    )
    bias: bool = argument(switch(), "whether the projections have biases", True, keyword=True, told=True)
    qkvbias: bool | None = argument(
        switch(), "whether those of queries, keys and values have, if the output differs", None, keyword=True
    )
    gate: bool = argument(switch("gate"), "whether a projection of the query gates the heads", False, keyword=True)
    biaskv: bool = argument(
        switch(), "whether a learned key and value join the sequence, as PyTorch's add_bias_kv", False, keyword=True
    )
    causal: bool = argument(
        switch("causal"), "whether a position sees only those before it", False, keyword=True, weightless=True
    )
    qknorm: str = argument(QUERY_KEY_NORM, "the norm of queries and keys in each head", "none", keyword=True)
    rope: bool = argument(
        switch("rope"), "whether rotary positions turn queries and keys", False, keyword=True, weightless=True
    )

    names: ClassVar = ("attention", "mqa", "gqa")
    presets: ClassVar = {"mqa": {"kv": ONE}}
    stock: ClassVar = BOTH
    title: ClassVar = "Multi-head attention"
    by_hand: ClassVar = "each projection is read with its own biases, also where PyTorch packs several in one tensor"
    family: ClassVar = "Attention"
    example: ClassVar = "input(128, 512) -> attention(8)"
    reads: ClassVar = "features"
    inputs: ClassVar = "some"
    sources: ClassVar = ("memory",)

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
            because=self._because(of),
            shape_because="every position gives one vector"
            + (", as wide as the query" if self.output is None else " of the output width"),
            channels_are=None if self.output is None else "outputs",
            requires=tuple(of.requires()),
        )

    def _because(self, of: Heads) -> str:
        made = "queries, keys, values and the gate" if self.gate else "queries, keys and values"
        first = f"{made} have a matrix each"
        if of.kv is not None:
            first += ", those of keys and values for fewer heads, which several heads of queries share"
        second = "and one more joins the heads again"
        biases = {
            (True, True): ", all with biases",
            (False, False): "; there are no biases",
            (True, False): "; the last has no bias",
            (False, True): "; only the last has a bias",
        }[self.input_bias, self.bias]
        divided = "; the heads share the width among them" if of.plain else ""
        if of.plain and self.qknorm == "none":
            divided += ", so their number does not matter"
        extra = "; one learned key and one learned value join the sequence" if self.biaskv else ""
        return f"{first}, {second}{biases}{divided}{said(self.qknorm)}{extra}"

    @property
    def input_bias(self) -> bool:
        return self.bias if self.qkvbias is None else self.qkvbias

    def is_stock(self, *arriving: Incoming) -> bool:
        of = Heads(self, attended(arriving))
        if of.refined or self.input_bias != self.bias:
            return False
        return of.packed if arriving[0].convention == "torch" else not self.biaskv

    def work(self, out: Outgoing, *arriving: Incoming) -> Work:
        of = Heads(self, attended(arriving))
        scores = of.scores()
        biases = [p.times * p.rows * p.wide for p in merged(of.projections()) if p.bias]
        gated = of.rows * of.value_width if self.gate else ZERO
        hidden = "; a causal mask hides scores that are computed all the same" if self.causal else ""
        work = Work(
            macs=total([*projected(of.projections()), *of.mixed()]),
            pairs=total(of.mixed()),
            additions=total(biases),
            multiplications=gated,
            exponentials=scores + gated if self.gate else scores,
            because="every position is projected, and in each head every query meets every key and weighs every value"
            + hidden,
        )
        return work.plus(refining(self.qknorm, self.rope, of.queries_and_keys(), self.input_bias))

    def reach(self, *arriving: Incoming) -> Sight:
        return EVERYWHERE

    def cache(self, out: Outgoing, *arriving: Incoming) -> Formula:
        """The keys and values of all positions that are attended to."""
        of = Heads(self, attended(arriving))
        if of.same_widths:
            return 2 * of.key_rows * of.kept_width
        return of.key_rows * of.kept * (of.key + of.value)


# ---------------------------------------------------------------- the matrices


class Heads:
    """The letters of an attention layer on its tensors, and its matrices."""

    def __init__(self, layer: Attention, given: Attended) -> None:
        self.layer = layer
        self.given = given
        self.h = symbol("h", layer.heads, "heads")
        self.d = width(given.query)
        self.d_key, self.d_value = self.d, self.d
        if given.count == 2:
            self.d_key = self.d_value = width(given.key, "d_m", "memory")
        elif given.count == 3:
            self.d_key, self.d_value = width(given.key, "d_key", "key"), width(given.value, "d_val", "value")
        self.plain = layer.head is None and layer.value is None  # the heads share the width
        self.same_widths = layer.value is None
        shared = as_formula(given.query.shape[-1]) / layer.heads
        letter = "d_h" if self.same_widths else "d_k"
        meaning = "numbers in a head" if self.same_widths else "numbers in a key"
        self.key = symbol(letter, shared if layer.head is None else layer.head, meaning)
        self.value = self.key if layer.value is None else symbol("d_v", layer.value, "numbers in a value")
        self.kv = None if layer.kv is None else symbol("n_kv", layer.kv, "heads of keys and values")
        self.kept = self.h if self.kv is None else self.kv
        self.rows = positions(given.query)
        memory = positions(given.key, "_m") if given.count > 1 else self.rows
        self.key_rows = memory + 1 if layer.biaskv else memory

    @property
    def query_width(self) -> Formula:
        return self.d if self.layer.head is None else self.h * self.key

    @property
    def value_width(self) -> Formula:
        """What the heads hand out together."""
        return self.d if self.plain else self.h * self.value

    @property
    def kept_width(self) -> Formula:
        """The keys of one position."""
        return self.query_width if self.kv is None else self.kv * self.key

    @property
    def refined(self) -> bool:
        """Whether something happens to queries and keys before they meet."""
        return self.layer.qknorm != "none" or self.layer.rope

    def queries_and_keys(self) -> Formula:
        """How many numbers queries and keys have at all positions."""
        queries, keys = self.rows * self.query_width, self.key_rows * self.kept_width
        return 2 * queries if queries == keys else queries + keys

    def projections(self) -> Iterator[Projection]:
        """In reading order: query, key, value, gate, output."""
        layer, bias = self.layer, self.layer.input_bias
        memory = positions(self.given.key, "_m") if self.given.count > 1 else self.rows
        d_out = self.d if layer.output is None else symbol("d_out", layer.output, "output width")
        value_kept = self.value_width if self.kv is None else self.kv * self.value
        of_keys, of_values = (self.kept, self.key), (self.kept, self.value)
        yield Projection("query", self.d, self.query_width, (self.h, self.key), bias, self.rows)
        yield Projection("key", self.d_key, self.kept_width, of_keys, bias, memory)
        yield Projection("value", self.d_value, value_kept, of_values, bias, memory)
        if layer.gate:
            yield Projection("gate", self.d, self.value_width, (self.h, self.value), bias, self.rows)
        yield Projection("output", self.value_width, d_out, (self.h, self.value), layer.bias, self.rows)

    def parameters(self) -> Iterator[Formula]:
        return (p.count() for p in merged(self.projections()))

    @property
    def packed(self) -> bool:
        """Whether it is what PyTorch has as a layer, with queries, keys and values in one matrix."""
        changed = self.layer.gate or self.layer.output is not None or self.kv is not None or self.refined
        return self.given.query.convention == "torch" and self.plain and not changed

    def tensors(self) -> tuple[Tensor, ...]:
        """One matrix each, the heads side by side; packed as PyTorch has them where its layer can be meant."""
        if self.packed:
            every = list(self._packed())
        else:
            every = [t for p in self.projections() for t in p.tensors(self.given.query.convention)]
        every += norm_tensors(self.given.query.convention, self.layer.qknorm, self.key, self.layer.input_bias)
        if self.layer.biaskv:
            one = (ONE, ONE, self.d)
            for name, stored in (("key of its own", "bias_k"), ("value of its own", "bias_v")):
                every.append(tensor("torch", name, outputs=(self.d,), stored=stored, shape=one))
        return tuple(every)

    def _packed(self) -> Iterator[Tensor]:
        """PyTorch: one matrix for queries, keys and values where they are equally wide."""
        d, three = self.d, as_formula(3)
        if all(same(self.given.query.shape[-1], x.shape[-1]) for x in (self.given.key, self.given.value)):
            used = self.rows if self.given.count == 1 else (self.rows + 2 * positions(self.given.key, "_m")) / 3
            yield tensor("torch", "in_proj_weight", parts=(three,), inputs=(d,), outputs=(d,), uses=used)
        else:
            rows = positions(self.given.key, "_m")
            widths = (("q", d, self.rows), ("k", self.d_key, rows), ("v", self.d_value, rows))
            for name, arriving, used in widths:
                yield tensor("torch", f"{name}_proj_weight", inputs=(arriving,), outputs=(d,), uses=used)
        if self.layer.input_bias:
            yield tensor("torch", "in_proj_bias", parts=(three,), outputs=(d,), kind="bias")
        yield tensor("torch", "out_proj.weight", inputs=(d,), outputs=(d,), uses=self.rows, input_word=FROM_HEADS)
        if self.layer.bias:
            yield biases("torch", d, name="out_proj.bias")

    def others(self) -> Iterator[Formula]:
        """The parameters beside those of the matrices."""
        yield from norm_rule(self.layer.qknorm, self.key, self.layer.input_bias)
        if self.layer.biaskv:
            yield 2 * self.d

    def scores(self) -> Formula:
        """One for each head, query and key."""
        return self.h * multiplied(self.rows, self.key_rows)

    def mixed(self) -> Iterator[Formula]:
        """The work at the scores: queries with keys, scores with values."""
        pairs = multiplied(self.rows, self.key_rows)
        if self.same_widths:
            yield 2 * pairs * self.query_width
        else:
            yield pairs * self.h * self.key
            yield pairs * self.h * self.value

    def requires(self) -> Iterator[Requirement]:
        heads = known(self.h)
        if self.layer.head is None:
            yield Requirement(
                self.d,
                "multiple",
                self.h,
                lambda: f"{heads} heads do not divide the width {known(self.d)}; head= gives a head its own width",
            )
        if self.layer.rope:
            yield in_pairs(self.key, "numbers in a head")
        kv = self.kv
        if kv is not None:
            yield Requirement(
                self.h,
                "multiple",
                kv,
                lambda: f"{known(kv)} heads of keys and values do not divide {heads} heads of queries",
            )
