"""Multi-head attention: self-attention, cross-attention and shared key and value heads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from symparams.algebra.equality import same
from symparams.algebra.evaluation import number
from symparams.algebra.formula import ONE, ZERO, Formula, Number, as_formula, total
from symparams.errors import LayerError
from symparams.layers.attended import Attended, attended, positions, width
from symparams.layers import projections, query_key
from symparams.layers.projections import FROM_HEADS, Projection, merged, multiplied, projected, settled
from symparams.layers.query_key import QUERY_KEY_NORM, norm_rule, norm_tensors, refining
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
    Unit,
    layer_class,
    symbol,
)
from symparams.model.sentence import Text, say, together
from symparams.model.tensor import BOTH, Tensor, biases, tensor
from symparams.model.work import Work


@layer_class
class Attention(Layer):
    """Lets every position attend to all positions: 3·(d + 1)·d + (d + 1)·d = 4d² + 4d parameters.

    Queries, keys and values are projections of the d input features, each divided into h heads; an output projection
    combines the heads. The number of heads changes nothing. With `head=` (Keras: key_dim) the heads have a width of
    their own and need not divide d; `kv=` key-value heads serve all query heads (grouped-query attention, multi-query
    with 1). One input is self-attention; with `memory=@enc`, or a fork of two, keys and values come from the second
    tensor; a fork of three is query, key and value in this order, also where a framework's call takes the value first.
    Work: a causal mask hides scores but saves nothing, since they are computed and then hidden; scaling by 1/√d_h is
    taken as part of the query projection. `qknorm` normalizes queries and keys in each head, 2·d_h more (Qwen3);
    `qknorm=layer` has beta too where queries have biases (ViT-22B: none). `rope` rotates both by their positions,
    without parameters. Vaswani et al., Attention Is All You Need, 2017; Ainslie et al., GQA, 2023.
    """

    heads: Formula = argument(COUNT, "number of heads", short="h", told=True)
    head: Formula | None = argument(
        COUNT,
        "head width: the features of its queries and keys, by default the input width divided by the heads",
        None,
        short="key",
        keyword=True,
    )
    value: Formula | None = argument(
        COUNT,
        "value width: the features of the values in a head, by default as many as those of the keys",
        None,
        keyword=True,
    )
    output: Formula | None = argument(COUNT, "output width: by default that of the query", None, keyword=True)
    kv: Formula | None = argument(COUNT, "key-value heads: by default as many as query heads", None, keyword=True)
    bias: bool = argument(switch(), "whether the projections have biases", True, keyword=True, told=True)
    qkvbias: bool | None = argument(
        switch(),
        "whether the query, key and value projections have biases, where the output projection differs",
        None,
        keyword=True,
    )
    gate: bool = argument(
        switch("gate"),
        "whether a gate, computed from the query, multiplies the output of the heads",
        False,
        keyword=True,
    )
    biaskv: bool = argument(
        switch(),
        "whether a learned key and a learned value are appended to the sequence (PyTorch's add_bias_kv)",
        False,
        keyword=True,
    )
    causal: bool = argument(
        switch("causal"),
        "whether a position attends only to itself and earlier positions",
        False,
        keyword=True,
        weightless=True,
    )
    qknorm: str = argument(QUERY_KEY_NORM, "the normalization of queries and keys in each head", "none", keyword=True)
    rope: bool = argument(
        switch("rope"),
        "whether queries and keys are rotated by their position (rotary position embedding)",
        False,
        keyword=True,
        weightless=True,
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
            because=together(*of.told(), between=". "),
            shape_because=say(
                "each position of the query produces one vector, and the output projection makes it {d_out features} "
                "wide" + (", as many as the query has" if self.output is None else ""),
                d_out=of.d if self.output is None else as_formula(out),
            ),
            units=tuple(of.kinds()),
            ignores=tuple(of.ignored())[:2],
            channels_are=None if self.output is None else "outputs",
            requires=tuple(of.requires()),
        )

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
        work = Work(
            macs=total([*projected(of.projections()), *of.mixed()]),
            pairs=total(of.mixed()),
            additions=total(biases),
            multiplications=gated,
            exponentials=scores + gated if self.gate else scores,
            because=of.worked(),
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
        meaning = "features of a head" if self.same_widths else "features of a key"
        self.key = symbol(letter, shared if layer.head is None else layer.head, meaning)
        self.value = self.key if layer.value is None else symbol("d_v", layer.value, "features of a value")
        self.kv = None if layer.kv is None else symbol("n_kv", layer.kv, "key-value heads")
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

    # ------------------------------------------------------------ how it is told

    def told(self) -> Iterator[Text]:
        """The projections, the heads, and what is learned besides."""
        layer = self.layer
        yield projections.told(list(self.projections()))
        yield self._inputs()
        yield self._widths()
        if self.kv is not None:
            yield self._shared()
        if layer.gate:
            yield "The gate, through a sigmoid, multiplies what the heads produce"
        yield query_key.told(layer.qknorm, settled(self.key), layer.input_bias)
        if layer.biaskv:
            text = "A learned key and a learned value, {d features} each, are appended to the sequence ({@name})"
            yield say(text, d=self.d, name="add_bias_kv")

    def _inputs(self) -> Text:
        """Where keys and values come from."""
        each = "Queries, keys and values are computed from three different inputs"
        return ("", "Keys and values are computed from the second input, the memory", each)[self.given.count - 1]

    def _widths(self) -> Text:
        """How wide a head is, where it has a width of its own."""
        if self.plain:
            return ""
        of_values = "" if self.same_widths else ", and {value features} for values"
        kept = "queries, keys and values" if self.same_widths else "queries and keys"
        named = "; {@name} is the width of one head, not of all together"
        text = f"Each head has {{key features}} for {kept}{of_values}"
        if self.given.query.convention == "torch":
            return say(text, key=self.key, value=self.value)
        name = "key_dim" if self.kv is None else "head_dim"
        return say(f"{text}{named}", key=self.key, value=self.value, name=name)

    def _shared(self) -> Text:
        """How many heads of queries share keys and values."""
        assert self.kv is not None
        each = self.h / self.kv
        text = {
            (True, True): "Keys and values have one head of {=d_h features}",
            (True, False): "Keys and values have only one head of {=d_h features}, which all {h} query heads share",
            (False, True): "Keys and values have {n_kv heads} of {=d_h features}, one for each query head",
            (False, False): "Keys and values have only {n_kv heads} of {=d_h features}, each of which {=each} query "
            "heads share",
        }[number(self.kv) == 1, number(each) == 1]
        return say(text, n_kv=self.kv, d_h=self.key, h=self.h, each=each)

    def kinds(self) -> Iterator[Unit]:
        """What the parameters belong to."""
        yield from projections.kinds(list(self.projections()))
        yield from query_key.kinds(self.layer.qknorm, settled(self.key), self.layer.input_bias)
        if self.layer.biaskv:
            yield Unit("learned vectors", Number(2), self.d)

    def ignored(self) -> Iterator[Text]:
        """What readers may look for in the count."""
        if self.plain and self.kv is None and self.layer.qknorm == "none" and number(self.h) != 1:
            yield say(
                "the number of heads does not enter: each of the {h heads} takes {=d_h} of the outputs of the query, "
                "key and value projections and {d_h} of the inputs of the output projection, "
                "and together they have {d} again",
                h=self.h,
                d_h=self.key,
                d=self.d,
            )
        if self.layer.rope:
            yield "the rotary positions do not enter: their angles are computed, not learned"
        if self.given.count == 1:
            text = "the number of positions, {=T}, does not enter: every position uses the same projections"
            yield say(text, T=self.rows)
        else:
            yield "the lengths of the sequences do not enter: every position uses the same projections"

    def worked(self) -> Text:
        """The products of the projections, then those of queries with keys and of scores with values."""
        pairs, key, value = multiplied(self.rows, self.key_rows), settled(self.key), settled(self.value)
        per_head = "in each of the {h heads}, " if number(self.h) != 1 else ""
        of_all = ", so all heads together take {=mixed}" if per_head else ""
        hidden = "; the causal mask saves nothing, since the scores that it hides are computed all the same"
        return say(
            "the projections take {=projected products}, one for each weight and position; "
            f"{per_head}queries times keys take {{=scores products}} and weighting the values {{=weighted}} more"
            f"{of_all}{hidden if self.layer.causal else ''}",
            projected=settled(total(projected(self.projections()))),
            h=self.h,
            scores=pairs * key,
            weighted=pairs * value,
            mixed=settled(total(self.mixed())),
        )

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
            yield in_pairs(self.key, "features of a head")
        kv = self.kv
        if kv is not None:
            yield Requirement(
                self.h,
                "multiple",
                kv,
                lambda: f"{known(kv)} key-value heads do not divide {heads} query heads",
            )
