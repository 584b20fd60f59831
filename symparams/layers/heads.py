"""The heads of attention: their arguments, their letters, and the matrices with which they are computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from symparams.algebra.equality import same
from symparams.algebra.formula import ONE, Formula, as_formula
from symparams.layers.attended import Attended, positions, width
from symparams.layers.projections import FROM_HEADS, Projection, merged, multiplied
from symparams.layers.query_key import QUERY_KEY_NORM, norm_rule, norm_tensors
from symparams.layers.rotary import in_pairs
from symparams.layers.sizes import known
from symparams.model.arguments import COUNT, RATE, argument, switch
from symparams.model.layer import Layer, Requirement, layer_class, symbol
from symparams.model.tensor import Tensor, biases, tensor


@layer_class
class Headed(Layer):
    """What attention with heads is given."""

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
    keybias: bool | None = argument(
        switch(),
        "whether the key projection has biases, where the query and value projections differ",
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
    dropout: Formula | None = argument(
        RATE, "dropout rate: the fraction of scores set to zero in training", None, keyword=True, weightless=True
    )
    rope: bool = argument(
        switch("rope"),
        "whether queries and keys are rotated by their position (rotary position embedding)",
        False,
        keyword=True,
        weightless=True,
    )

    @property
    def input_bias(self) -> bool:
        return self.bias if self.qkvbias is None else self.qkvbias

    @property
    def key_bias(self) -> bool:
        return self.input_bias if self.keybias is None else self.keybias


class Heads:
    """The letters of an attention layer on its tensors, and its matrices."""

    def __init__(self, layer: Headed, given: Attended) -> None:
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
    def shares_width(self) -> bool:
        """Whether the heads divide the width among themselves, by themselves or because their width is given so."""
        return self.plain or (self.same_widths and same(self.h * self.key, self.d))

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
    def kept_values(self) -> Formula:
        """The values of one position."""
        return self.value_width if self.kv is None else self.kv * self.value

    def inputs(self) -> Iterator[Formula]:
        """How many values each of the input tensors has."""
        yield self.rows * self.d
        memory = positions(self.given.key, "_m")
        widths = (self.d_key, self.d_value)[: self.given.count - 1]
        yield from (memory * width for width in widths)

    @property
    def refined(self) -> bool:
        """Whether something happens to queries and keys before they meet."""
        return self.layer.qknorm != "none" or self.layer.rope

    def queries_and_keys(self) -> Formula:
        """How many numbers queries and keys have at all positions."""
        queries, keys = self.rows * self.query_width, self.key_rows * self.kept_width
        return 2 * queries if queries == keys else queries + keys

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """In reading order: query, key, value, gate, output."""
        return tuple(self._projections())

    def _projections(self) -> Iterator[Projection]:
        layer, bias = self.layer, self.layer.input_bias
        memory = positions(self.given.key, "_m") if self.given.count > 1 else self.rows
        d_out = self.d if layer.output is None else symbol("d_out", layer.output, "output width")
        of_keys, of_values = (self.kept, self.key), (self.kept, self.value)
        yield Projection("query", self.d, self.query_width, (self.h, self.key), bias, self.rows)
        yield Projection("key", self.d_key, self.kept_width, of_keys, layer.key_bias, memory)
        yield Projection("value", self.d_value, self.kept_values, of_values, bias, memory)
        if layer.gate:
            yield Projection("gate", self.d, self.value_width, (self.h, self.value), bias, self.rows)
        yield Projection("output", self.value_width, d_out, (self.h, self.value), layer.bias, self.rows)

    def parameters(self) -> Iterator[Formula]:
        return (p.count() for p in merged(self.projections))

    @property
    def packed(self) -> bool:
        """Whether it is what PyTorch has as a layer, with queries, keys and values in one matrix."""
        layer = self.layer
        changed = layer.gate or layer.output is not None or self.kv is not None or self.refined
        changed = changed or layer.key_bias != layer.input_bias
        return self.given.query.convention == "torch" and self.plain and not changed

    def tensors(self) -> tuple[Tensor, ...]:
        """One matrix each, the heads side by side; packed as PyTorch has them where its layer can be meant."""
        if self.packed:
            every = list(self._packed())
        else:
            every = [t for p in self.projections for t in p.tensors(self.given.query.convention)]
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
            used = self.rows if self.given.count == 1 else (self.rows + 2 * positions(self.given.key, "_m")) / 3
            yield tensor("torch", "in_proj_bias", parts=(three,), outputs=(d,), kind="bias", uses=used)
        yield tensor("torch", "out_proj.weight", inputs=(d,), outputs=(d,), uses=self.rows, input_word=FROM_HEADS)
        if self.layer.bias:
            yield replace(biases("torch", d, name="out_proj.bias"), uses=self.rows)

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
            yield in_pairs(self.key, "features of a head")
        kv = self.kv
        if kv is not None:
            yield Requirement(
                self.h,
                "multiple",
                kv,
                lambda: f"{known(kv)} key-value heads do not divide {heads} query heads",
            )
