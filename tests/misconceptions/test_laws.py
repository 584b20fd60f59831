"""What holds for every mistake on every network."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symparams.algebra.formula import Formula, Function, as_formula, parts, symbols
from symparams.errors import SymparamsError
from symparams.layers.normalization import LayerNormalization
from symparams.misconceptions import families
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.misconception import Misconception
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import ASKED, Subject, Task, Tasks
from symparams.model.network import Network
from symparams.quantities.settings import Settings
from symparams.questions.points import points
from tests.differential.family import Draw
from tests.differential.generating import networks
from tests.differential.letters import Lettered, lettered
from tests.helpers import net, value


def tasks_of(network: Network) -> dict[tuple[int, str], Task]:
    """Everything that can be asked of the layers."""
    tasks, found = Tasks(network, Settings(flops="every-operation")), {}
    for i in range(len(network.nodes)):
        for quantity in ASKED:
            try:
                found[i, quantity] = tasks.of(i, quantity)
            except SymparamsError:
                continue
    return found


@given(st.sampled_from(["keras", "torch"]).flatmap(networks))
def test_no_edit_raises_anything_but_what_it_may(text: str) -> None:
    try:
        network = net(text)
    except SymparamsError:
        return
    for task in tasks_of(network).values():
        for subject in task.subjects():
            for misconception in CATALOGUE.values():
                if task.quantity in misconception.quantities:
                    _edit(misconception.edit, subject)


def _edit(edit: object, subject: Subject) -> None:
    assert callable(edit)
    try:
        rules = list(edit(subject))
    except SymparamsError:
        return
    for rule in rules:
        assert isinstance(rule, Formula)


@st.composite
def chains(draw: Draw) -> Lettered:
    """Chains of the layers that misconceptions are about, some numbers as letters."""
    convention = draw(st.sampled_from(["keras", "torch"]))
    return draw(lettered(convention))


@given(chains())
def test_letters_agree_with_numbers(text: Lettered) -> None:
    letters = dict(text.values)
    try:
        symbolic, numeric = net(text.filled()), net(text.filled(letters))
    except SymparamsError:
        return
    if any(node.repeats for node in symbolic.nodes) or 1 in letters.values():
        return  # a stride or a window of 1 moves nothing, where a letter stands for any
    ours, theirs = tasks_of(symbolic), tasks_of(numeric)
    for key in ours.keys() & theirs.keys():
        _compare(Mistakes(Tasks(symbolic)), ours[key], Mistakes(Tasks(numeric)), theirs[key], letters)


def _compare(ours: Mistakes, task: Task, theirs: Mistakes, known: Task, letters: Mapping[str, int]) -> None:
    """Each mistake that numbers and letters both allow gives one value."""
    numeric: dict[str, list[tuple[object, ...] | None]] = {}
    for mistake in theirs.singles(known):
        numeric.setdefault(mistake.made[0].name, []).append(_values(mistake.rules, {}))
    for mistake in ours.singles(task):
        found = _values(mistake.rules, letters)
        possible = numeric.get(mistake.made[0].name)
        if possible is not None and len(mistake.rules) == len(known.rules) and not _decided(task, letters):
            assert found in possible, (mistake.made[0].name, task.node.name, task.quantity)


def _decided(task: Task, letters: Mapping[str, int]) -> bool:
    """Whether a letter leaves open which rule holds, or whether two sizes are alike, so that another one is edited."""
    arriving = () if task.node is None else task.node.derived.arriving
    sizes = {as_formula(size) for x in arriving for size in x.shape}
    if len({value(size, dict(letters)) for size in sizes}) < len(sizes):
        return True
    return any(isinstance(node, Function) and node.name in ("min", "max") for rule in task.rules for node in _all(rule))


def _all(rule: Formula) -> list[Formula]:
    return [rule, *(below for part in parts(rule) for below in _all(part))]


def _values(rules: tuple[Formula, ...], letters: Mapping[str, int]) -> tuple[object, ...] | None:
    try:
        return tuple(value(rule, letters) for rule in rules)
    except ZeroDivisionError:
        return None


def test_every_misconception_has_an_answer_that_shows_it() -> None:
    modules = [
        importlib.import_module(f"{__package__}.{m.name}") for m in pkgutil.iter_modules([str(Path(__file__).parent)])
    ]
    shown = {case[0] for module in modules for case in getattr(module, "CASES", ())}
    assert {*CATALOGUE} - shown == set(), "an answer worked out by hand in CASES of a test in tests/misconceptions"


def test_no_name_is_given_twice() -> None:
    modules = [
        importlib.import_module(f"{families.__name__}.{m.name}") for m in pkgutil.iter_modules(families.__path__)
    ]
    found = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, Misconception)}
    names = Counter(one.name for one in found.values())
    assert [name for name, count in names.items() if count > 1] == [], "another name, which says what differs"


@pytest.mark.parametrize("name", CATALOGUE)
def test_its_sentences_are_sentences(name: str) -> None:
    made = CATALOGUE[name]
    assert made.quantities <= {*ASKED}, f"{name}: it is about quantities, of which there are {', '.join(ASKED)}"
    assert made.quantities, f"{name}: behind its name stand the quantities for which it gives wrong answers"
    assert made.explanation.startswith("you "), f"{name}: the explanation says what was done: you …"
    assert not made.explanation.endswith("."), f"{name}: the explanation is a clause, without a full stop"
    assert made.repair, f"{name}: the repair says what is right and why"
    assert not made.repair.endswith("."), f"{name}: the repair is a clause, without a full stop"
    begins = made.repair[0].islower() or made.repair.split()[0] in ("Keras", "PyTorch", "Adam")
    assert begins, f"{name}: the repair begins with a small letter"
    assert made.claim == "" or (
        made.claim.endswith(".") and ". " not in made.claim and (made.claim[0].isupper() or made.claim[0] == "`")
    ), f"{name}: the claim is one whole sentence"
    assert made.source, f"{name}: the source says where it is described or asked"
    assert 0 <= made.credit < 1, f"{name}: the credit is a share of the points"


RIGHT_BY_NATURE = {("a bias for each weight", LayerNormalization)}  # it has a shift for each scale


@pytest.mark.parametrize(
    "text",
    [
        "input(H, W, C) -> conv(F, k, s=s) -> conv(G, j, same) -> maxpool(p) -> flatten -> dense(m) -> dropout(0.5)",
        "convention torch input(C, H, W) -> conv(F, k, s=s, p=p, d=d) -> tconv(G, j, s=t, p=q) -> maxpool(w)",
        "input(H, W, C) -> separable(F, k, same) -> depthwise(j, m=m) -> globalavgpool -> dense(n, relu) -> dense(u)",
        "input(H, W, C) -> { conv(F, k, same) | conv(G, 1) } -> concat -> { id | id } -> add",
        "input(T, D) -> lstm(U, sequences, bidirectional) -> gru(V)",
        "convention torch input(T, D) -> lstm(U, layers=3, proj_size=P) -> ln where U > P",
        "input(T, d) -> attention(2, kv=1, causal) -> rmsnorm where d % 2 == 0",
        "input(T, d) -> moe(E, k, f, shared=s) -> ffn(f) where E >= k",
        "input(H, W, C) -> bn",
        "input(H, W, C) -> groupnorm(2) where C % 2 == 0",
        "input(H, W, C) -> instancenorm -> ln(trailing=2)",
        "input(T) -> embedding(V, d) as e -> lora(dense(d), r) -> tied(@e)",
        "convention torch input(T, d) -> nn.TransformerEncoder(encoderlayer(2, f), N) where d % 2 == 0",
    ],
)
def test_no_mistake_is_right_for_all_letters(text: str) -> None:
    network = net(text)
    mistakes = Mistakes(Tasks(network))
    at = points(network, 6)
    assert len(at) == 6
    for key, task in tasks_of(network).items():
        for mistake in mistakes.singles(task):
            if (mistake.made[0].name, type(task.node.layer)) in RIGHT_BY_NATURE:
                continue
            wrong, right = ([_values(rules, p) for p in at] for rules in (mistake.rules, task.rules))
            assert wrong != right, (
                f"{mistake.made[0].name} gives the right answer for {key}: its edit must yield nothing"
            )
            assert {s.name for rule in mistake.rules for s in symbols(rule) if s.value is None} <= {*network.symbols}
