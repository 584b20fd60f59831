"""What must hold for every layer and every network."""

from __future__ import annotations

import itertools
import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.equality import same
from symparams.algebra.formula import ZERO, as_formula, total
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.algebra.simplification import simplified
from symparams.algebra.sympy_bridge import to_sympy
from symparams.documents import contract
from symparams.documents.solution import Solution
from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE
from symparams.layers.spelling import Spelling
from symparams.layers.wrapping import TimeDistributed
from symparams.model.arguments import AXIS, argument, arguments_of
from symparams.model.layer import Layer, layer_class
from symparams.model.network import Network, Node
from symparams.model.tensor import macs_rule
from symparams.quantities.derivation import derive_parameters, derive_shape
from tests.conftest import EXAMPLES
from tests.helpers import (
    conditions_hold,
    example,
    expression,
    few_or_many,
    letters_for,
    net,
    networks,
    relation_holds,
    value,
)

LAYERS = sorted({entry.layer for entry in CATALOGUE.values()}, key=lambda layer: layer.names[0])
LETTERS = {"H": 97, "W": 113, "C": 5, "F": 6, "k": 3, "m": 11, "K": 7, "S": 19, "T": 23}


def built(text: str) -> Network:
    try:
        return net(text)
    except SymparamsError:
        assume(False)
        raise


@cache
def all_networks() -> list[Network]:
    return [example(path.stem)._network for path in sorted(EXAMPLES.glob("*.arch"))] + [
        net(layer.example) for layer in LAYERS
    ]


def tensors_agree(network: Network) -> None:
    """The rule and the sizes of the tensors are two witnesses of one number."""
    for node in network.nodes:
        rules = node.derived.rules
        counted = [simplified(t.size, network.facts) for t in rules.counted]
        by_tensors = simplified(total(map(as_formula, counted)), network.facts)
        rule = simplified(rules.parameters, network.facts)
        assert same(by_tensors, rule), (
            f"{node.name}: its tensors have {shown(by_tensors, SOURCE)} numbers, but its rule for the parameters gives "
            f"{shown(rule, SOURCE)}"
        )
        counts = node.counts
        split = [
            total(map(as_formula, pair))
            for pair in ((counts.weights, counts.biases), (counts.trainable, counts.non_trainable))
        ]
        assert all(same(simplified(s), counts.params) for s in split), node.name


def macs_agree(network: Network) -> None:
    """A rule for the multiply-accumulates that is written by hand equals what the tensors and their uses say."""
    for node in network.nodes:
        derived = node.derived
        if any(t.joins for t in derived.rules.tensors):
            by_tensors = macs_rule(derived.rules.tensors, derived.out.positions())
            both = simplified(by_tensors + derived.work.pairs, network.facts)
            assert same(both, simplified(derived.macs, network.facts)), node.name


def steps_agree(network: Network, letters: dict[str, int]) -> None:
    """Every two neighbouring lines of every derivation are equal."""
    for node in {id(n.derived): n for n in network.nodes}.values():
        for derivation in (*derive_shape(node.derived), derive_parameters(node.derived)):
            values = [value(step.expression, letters) for step in derivation.steps]
            assert len(set(values)) == 1, (node.name, derivation)


def test_tensors_are_the_second_witness() -> None:
    for network in all_networks():
        tensors_agree(network)


def test_tensors_are_the_second_witness_of_the_work() -> None:
    for network in all_networks():
        macs_agree(network)


def test_steps_are_equal_in_all_examples() -> None:
    for network in all_networks():
        steps_agree(network, letters_for(network, LETTERS))


@given(networks())
def test_random_numeric_networks(text: str) -> None:
    network = built(text)
    tensors_agree(network)
    macs_agree(network)
    steps_agree(network, {})


@given(
    networks(letters=True),
    st.integers(60, 200),
    st.integers(60, 200),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(1, 4),
)
def test_symbolic_networks_equal_numeric_ones(text: str, H: int, W: int, C: int, F: int, k: int) -> None:
    letters = {"H": H, "W": W, "C": C, "F": F, "k": k}
    symbolic = built(text)
    steps_agree(symbolic, letters)
    tensors_agree(symbolic)
    macs_agree(symbolic)
    try:
        numeric = sp.parse(text).subs({name: letters[name] for name in symbolic.symbols})
    except SymparamsError:
        # the numbers break a condition, which the symbolic solution must then have stated
        assert not conditions_hold(symbolic, letters)
        return
    for layer, node in zip(numeric, symbolic.nodes, strict=True):
        assert layer.output_shape == tuple(value(as_formula(v), letters) for v in node.shape)
        assert layer.params == value(as_formula(node.counts.params), letters)
    assert numeric.params == value(as_formula(symbolic.counts.params), letters)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*letters.arch")), ids=lambda p: p.stem)
def test_sympy_proves_the_steps(path: Path) -> None:
    network = example(path.stem)._network
    for node in {id(n.derived): n for n in network.nodes}.values():
        steps = derive_parameters(node.derived).steps
        for one, other in itertools.pairwise(step.expression for step in steps):
            assert (to_sympy(one) - to_sympy(other)).expand() == 0, (node.name, one, other)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("input(H, H, 1) -> conv(4, 5) -> maxpool(2) -> conv(4, 3) -> maxpool(2)", 12),
        ("input(H, H, 1) -> conv(4, 3, s=2) -> conv(4, 3, s=2) -> conv(4, 3, s=2)", 15),
        ("input(H, H, 3) -> zeropad(3) -> conv(64, 7, s=2) -> maxpool(3, s=2) -> conv(8, 5, d=2)", 37),
        ("convention torch input(1, H, H) -> conv(4, 7, p=1) -> maxpool(3, s=2, ceil) -> conv(2, 4)", 12),
    ],
)
def test_conditions_are_exact_at_the_edge(text: str, bound: int) -> None:
    (condition,) = net(text).conditions
    assert shown(condition.left, SOURCE) == "H"
    assert value(condition.right, {}) == bound
    sp.parse(text, H=bound)
    with pytest.raises(SymparamsError):
        sp.parse(text, H=bound - 1)


def test_json_expressions_have_one_value_under_their_symbols() -> None:
    for network in all_networks():
        found = json.loads(json.dumps(contract.solve(Solution(network))))
        for derivation in found["derivations"]:
            symbols = {**letters_for(network, LETTERS), **{n: v for n, v in derivation["symbols"].items() if v != n}}
            values = {value(expression(step["expression"]), symbols) for step in derivation["steps"]}
            assert len(values) == 1, derivation


def test_equal_layers_on_equal_inputs_are_derived_once() -> None:
    network = net("input(8, 8, 4) -> [conv(4, 3, same) -> relu] * 1000")
    assert len({id(node.derived) for node in network.nodes}) == 3


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.names[0])
def test_every_layer_declares_all_it_should(layer: type[Layer]) -> None:
    assert undeclared(layer) == []
    assert any(isinstance(node.layer, layer) for node in net(layer.example).nodes), "its example has none"


def undeclared(layer: type[Layer]) -> list[str]:
    """What its class lacks."""
    needs = {
        "a docstring, the first paragraph of its page": not (layer.__doc__ or "").startswith(f"{layer.__name__}("),
        "a title, as a heading": layer.title,
        "a family, one of those in symparams/model/family.py": layer.family != "Further layers",
        "an example, a small network that shows it": layer.example,
        **{f"a meaning of its argument {a.name}": a.meaning for a in arguments_of(layer)},
    }
    return [f"{layer.__name__} needs {what}" for what, has in needs.items() if not has]


@layer_class
class Silent(Layer):
    size: int = argument(AXIS, "", 1)


def test_what_a_layer_lacks_is_told() -> None:
    assert undeclared(Silent) == [
        "Silent needs a docstring, the first paragraph of its page",
        "Silent needs a title, as a heading",
        "Silent needs a family, one of those in symparams/model/family.py",
        "Silent needs an example, a small network that shows it",
        "Silent needs a meaning of its argument size",
    ]


def unsaid(node: Node) -> list[str]:
    """The sentences that its layer leaves out."""
    rules, work = node.derived.rules, node.derived.work
    moved = [axis.size for axis in rules.output] != [as_formula(n) for x in node.derived.arriving for n in x.shape]
    needs = {
        "because, on its parameters": rules.because,
        "shape_because, on its output": rules.shape_reason or not (moved and node.inputs),
        "because of its work, on its multiply-accumulates": work.because or node.derived.macs == ZERO,
    }
    return [f"{node.layer.names[0]} needs a sentence: {what}" for what, has in needs.items() if not has]


def test_every_layer_says_why() -> None:
    assert sorted({text for network in all_networks() for node in network.nodes for text in unsaid(node)}) == []


ARGUMENTS = st.sampled_from(
    ["H//2", "ceil(H/3) + 1", "min(H, W)", "max(H - 3, 2)", "H*W", "H % 5 + 1", "floor(min(H/2, W/3))", "2*H/2", "H/2",
     "floor((H/W + 1)*W)", "(H + W)*2", "H^2 - W", "ceil((H + 1)/W)", "H - 4", "0.5*H", "W/(H - 5)", "2^3*H"]
)  # fmt: skip
FACTS = st.sampled_from(
    [
        "",
        "where H % 4 == 0",
        "where H >= 10",
        "where H == 2*W",
        "where W % 3 == 1, H > W",
        "where H > 6.5",
        "where 2*H % 8 == 4",
    ]
)


@given(FACTS, st.lists(ARGUMENTS, min_size=1, max_size=3), st.integers(1, 40), st.integers(1, 40))
def test_expressions_and_facts_with_letters_equal_numbers(facts: str, sizes: list[str], H: int, W: int) -> None:
    """Where facts and conditions hold, the numbers work and are the same; where numbers fail, something said so."""
    letters = {"H": H, "W": W}
    text = f"{facts} input(H, 3) -> maxpool(1, s=2) input(W) -> " + " -> ".join(f"dense({size})" for size in sizes)
    symbolic = built(text)
    given_facts = all(
        relation_holds(value(a, letters), relation, value(b, letters)) for a, relation, b in symbolic.stated
    )
    conditions = conditions_hold(symbolic, letters)
    try:
        numeric = sp.parse(text).subs(letters)
    except SymparamsError:
        assert not (given_facts and conditions), text
        return
    assert given_facts
    assert conditions
    assert [layer.output_shape for layer in numeric] == [
        tuple(value(as_formula(v), letters) for v in node.shape) for node in symbolic.nodes
    ]


@few_or_many("times", 40, 600)
def test_a_solution_can_be_written_again_and_again(times: int) -> None:
    solution = sp.parse("input(H, W, C) -> conv(F, k) -> maxpool(2) -> flatten -> dense(10)").solve()
    texts = {solution.to_text() for _ in range(times)}
    assert len(texts) == 1


def test_frozen_statistics_are_not_trained() -> None:
    counts = net("input(4, 4, 3) -> bn(frozen) -> bn").counts
    assert (counts.params, counts.trainable, counts.non_trainable) == (24, 6, 18)


def test_rules_written_by_hand_are_few_and_have_their_reason() -> None:
    """Most rules fall out of the tensors; where textbooks read another order, the layer says why."""
    kinds = {node.layer.__class__ for network in all_networks() for node in network.nodes if node.derived.rules.tensors}
    written = {
        node.layer.__class__
        for network in all_networks()
        for node in network.nodes
        if node.derived.rules.written is not None and not isinstance(node.layer, (Spelling, TimeDistributed))
    }
    said = {layer for layer in kinds if layer.by_hand}
    assert said == written, "by_hand says why, in a layer whose rules have `written` and in no other"
    assert 5 * len(written) <= len(kinds)
