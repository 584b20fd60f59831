"""What every misconception makes with letters is what it makes with numbers, over random networks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase, given, settings

from symparams.algebra.formula import Formula, Function, parts
from symparams.errors import SymparamsError
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.task import ASKED, Tasks
from symparams.model.network import Network
from symparams.quantities.settings import Settings
from tests.differential.families import families
from tests.differential.letters import Lettered, lettered
from tests.helpers import conditions_hold, few_or_many, net, value

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
                for made in CATALOGUE.values():
                    if quantity in made.quantities:
                        wrong = [rule for rule in made.edit(subject) if rule != subject.rule]
                        yield (index, f"{quantity} {subject.axis}", made.name), subject.rule, wrong


def _is_open(rule: Formula) -> bool:
    """Whether a letter leaves open which of two rules holds, so that another one is edited."""
    return (isinstance(rule, Function) and rule.name in ("min", "max")) or any(map(_is_open, parts(rule)))


def agree(drawn: Lettered) -> None:
    """What a misconception gives with letters is what it gives with numbers."""
    try:
        symbolic = net(drawn.filled())
    except SymparamsError:
        return
    if any(node.repeats for node in symbolic.nodes):
        return  # with numbers the copies stand one by one
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
            if _is_open(rule):
                continue
            found = {value(r, letters) for r in rules} - {answer}
            assert found == {value(r, {}) for r in wrong} - {answer}, (drawn.filled(), letters, key)


@few_or_many("count", 2, 15)
@pytest.mark.parametrize("convention", ["keras", "torch"])
@pytest.mark.parametrize("only", ["attention", "recurrent", "data", None])
def test_letters_agree_with_numbers(convention: str, only: str | None, count: int) -> None:
    @settings(max_examples=count, phases=[Phase.generate])  # to shrink these texts takes minutes
    @given(lettered(convention, families()[only] if only else None))
    def check(drawn: Lettered) -> None:
        agree(drawn)

    check()
