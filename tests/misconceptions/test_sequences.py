"""Properties of the misconceptions on sequences, normalization and memory, over random networks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from symparams import limits
from symparams.algebra.formula import Formula
from symparams.errors import SymparamsError
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.task import ASKED, Tasks
from symparams.model.network import Network
from symparams.quantities.measures import Settings
from tests.differential.families import families
from tests.differential.letters import Lettered, lettered
from tests.helpers import conditions_hold, net, value
from tests.misconceptions.explaining import family

MODULES = (
    "adapters", "attention", "bidirectional", "embedding", "experts", "memory", "normalization", "recurrent",
    "scores", "steps", "transformer", "tying",
)  # fmt: skip
MINE = [CATALOGUE[name] for module in MODULES for name in sorted(family(module))]
ADAM = Settings(optimizer="adam")

Edited = dict[tuple[int, str, str], list[Formula]]  # by layer, quantity with axis, and misconception


def edited(network: Network) -> Iterator[tuple[tuple[int, str, str], Formula, list[Formula]]]:
    """Every right rule with what each misconception makes of it; nothing is caught that an edit raises."""
    tasks = Tasks(network, ADAM)
    for index in range(len(network.nodes)):
        for quantity in ASKED:
            try:
                task = tasks.of(index, quantity)
            except SymparamsError:
                continue  # no receptive field
            for subject in task.subjects():
                for made in MINE:
                    if quantity in made.quantities:
                        wrong = [rule for rule in made.edit(subject) if rule != subject.rule]
                        yield (index, f"{quantity} {subject.axis}", made.name), subject.rule, wrong


def agree(drawn: Lettered) -> None:
    """What a misconception gives with letters is what it gives with numbers."""
    try:
        symbolic = net(drawn.filled())
    except SymparamsError:
        return
    if any(node.repeats for node in symbolic.nodes):
        return  # with numbers the copies stand one by one
    limits.begin_work()
    with_letters = {key: (rule, wrong) for key, rule, wrong in edited(symbolic)}
    for letters in map(dict, (drawn.values, *drawn.others)):
        if 1 in letters.values() or not conditions_hold(symbolic, letters):
            continue  # a single layer, group or expert is no stack, where a letter stands for one
        try:
            numeric = net(drawn.filled(letters))
        except SymparamsError:
            continue
        for key, right, wrong in edited(numeric):
            rule, rules = with_letters[key]
            answer = value(right, {})
            assert value(rule, letters) == answer
            found = {value(r, letters) for r in rules} - {answer}
            assert found == {value(r, {}) for r in wrong} - {answer}, (drawn.filled(), letters, key)


@pytest.mark.parametrize("convention", ["keras", "torch"])
@pytest.mark.parametrize("only", ["attention", "recurrent", "data", None])
def test_letters_agree_with_numbers(convention: str, only: str | None) -> None:
    @settings(max_examples=15, phases=[Phase.generate])  # to shrink these texts takes minutes
    @given(lettered(convention, families()[only] if only else None))
    def check(drawn: Lettered) -> None:
        agree(drawn)

    check()


LETTERED = st.sampled_from(
    [
        "input(T, D) -> lstm(U, sequences, bidirectional) -> gru(V)",
        "convention torch input(T, D) -> lstm(U, layers=3, proj_size=P) -> ln where U > P",
        "input(T, d) -> attention(2, kv=1, causal) -> rmsnorm where d % 2 == 0",
        "input(T, d) -> moe(E, k, f, shared=s) -> ffn(f) where E >= k",
        "input(H, W, C) -> bn -> groupnorm(2) -> instancenorm -> ln(trailing=2) where C % 2 == 0",
        "input(T) -> embedding(V, d) as e -> lora(dense(d), r) -> tied(@e)",
        "convention torch input(T, d) -> nn.TransformerEncoder(encoderlayer(2, f), N) where d % 2 == 0",
    ]
)


@given(LETTERED)
def test_no_edit_leaves_a_right_rule(text: str) -> None:
    """At large primes all over, no wrong rule has the value of the right one."""
    network = net(text)
    primes = dict(zip(network.symbols, (1009, 2003, 3001, 4001, 5003, 6007, 7001), strict=False))
    for name in {"C", "d"} & primes.keys():
        primes[name] *= 2
    for name, low in (("P", "U"), ("k", "E")):
        if {name, low} <= primes.keys():
            primes[name], primes[low] = sorted((primes[name], primes[low]))
    assert conditions_hold(network, primes)
    for key, right, wrong in edited(network):
        for rule in wrong:
            assert value(rule, primes) != value(right, primes), key


def test_every_misconception_is_told_in_full() -> None:
    """Sentences as they are printed: an explanation is said to a student, a claim is one sentence."""
    for made in MINE:
        assert made.explanation.startswith("you ")
        assert not made.explanation.endswith(".")
        assert not made.repair.endswith(".")
        assert made.repair[0].islower() or made.repair.startswith(("PyTorch", "Keras", "Adam"))
        assert made.claim == "" or (made.claim.endswith(".") and ". " not in made.claim)
        assert made.source
        assert made.quantities <= set(ASKED)
        assert 0 < made.credit < 1
