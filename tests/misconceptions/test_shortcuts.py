"""What diagnosis leaves out or shares because of what layers and mistakes say of themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from symparams.algebra.formula import Formula
from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE as LAYERS
from symparams.layers.spelling import Spelling
from symparams.misconceptions import beliefs, mistakes, trying
from symparams.misconceptions.families import CATALOGUE
from symparams.misconceptions.forms import editing
from symparams.misconceptions.misconception import Misconception, misconception
from symparams.misconceptions.mistakes import Mistakes
from symparams.misconceptions.task import COUNTS, Subject, Tasks
from symparams.misconceptions.trying import ways_of
from symparams.model.derived import Derived, derive
from symparams.model.layer import Incoming, Shape
from symparams.model.network import Network
from symparams.questions.diagnosis import Diagnostician
from tests.differential.family import Draw
from tests.differential.generating import networks
from tests.helpers import net

FORMAL = tuple(m for m in CATALOGUE.values() if m.formal)
BESIDE = tuple(m for m in CATALOGUE.values() if m.beside)
AT_ANY_SIZE = tuple({entry.layer: None for entry in LAYERS.values() if entry.layer.at_any_size})


# ---------------------------------------------------------------- layers that are the same at any size


def elsewhere(x: Incoming) -> Shape:
    """The shape with other sizes along the spatial axes; a branch of size 1 is one that is repeated."""
    return tuple(
        size if i == x.channel_axis or not isinstance(size, int) or size == 1 else 2 * size + 1
        for i, size in enumerate(x.shape)
    )


def moved(derived: Derived) -> Derived | None:
    """The layer on other sizes along the spatial axes; None if it does not accept them."""
    shapes, read = tuple(map(elsewhere, derived.arriving)), tuple(x.is_sequence for x in derived.arriving)
    try:
        return derive(derived.layer, shapes, derived.convention, derived.facts, read, derived.laid_out)
    except SymparamsError:
        return None


def differs(derived: Derived) -> bool:
    """Whether parameters or channels are others there."""
    there = moved(derived)
    if there is None:
        return False
    here_, there_ = derived.leaving, there.leaving
    return derived.counts != there.counts or here_.shape[here_.channel_axis] != there_.shape[there_.channel_axis]


def derived_in(network: Network) -> Iterator[Derived]:
    return (node.derived for node in network.nodes if node.derived.arriving)


@given(st.sampled_from(["keras", "torch"]).flatmap(networks))
def test_layers_that_are_the_same_at_any_size_are(text: str) -> None:
    try:
        network = net(text)
    except SymparamsError:
        return
    for derived in derived_in(network):
        assert not (derived.layer.at_any_size and differs(derived)), derived.layer


@pytest.mark.parametrize("layer", AT_ANY_SIZE, ids=lambda layer: layer.__name__)
def test_each_of_them_is_in_its_example(layer: type) -> None:
    derived = [d for d in derived_in(net(layer.example)) if type(d.layer) is layer]  # type: ignore[attr-defined]
    assert derived
    assert not any(map(differs, derived))


@pytest.mark.parametrize("text", ["flatten -> dense(3)", "prelu", "locallyconnected(4, 3)", "ln(trailing=3)"])
def test_others_differ(text: str) -> None:
    layers = list(derived_in(net(f"input(8, 8, 3) -> {text}")))
    assert any(map(differs, layers))
    assert not any(d.layer.at_any_size for d in layers)


@pytest.mark.parametrize(
    ("end", "counts"), [("globalavgpool -> dense(10)", False), ("flatten -> dense(10)", True), ("prelu", True)]
)
def test_wrong_sizes_are_carried_on_only_where_they_count(end: str, counts: bool) -> None:
    mistakes = Mistakes(Tasks(net(f"input(28, 28, 1) -> conv(8, 3) -> maxpool(2) -> conv(4, 3) -> {end}")))
    made, last = CATALOGUE["the + 1 forgotten"], len(mistakes.network.nodes) - 1
    assert (made in mistakes.beliefs.turning(last, "params")) is counts
    assert made in mistakes.beliefs.turning(last, "macs")


def test_what_is_left_out_explains_nothing() -> None:
    network = net("input(32, 32, 3) -> [conv(8, 3, s=2) -> bn] * 2 -> conv(4, 3, same) -> globalavgpool -> dense(10)")
    mistakes = Mistakes(Tasks(network))
    every, miscounting = (mistakes.beliefs.turning(len(network.nodes) - 1, asked) for asked in ("shape", "params"))
    left_out = [m for m in every if m not in miscounting]
    assert left_out
    for made in left_out:
        for i in range(1, len(network.nodes)):
            task = mistakes.tasks.of(i, "params")
            assert mistakes.carried_by(made, task) in (None, task.rules)


# ---------------------------------------------------------------- mistakes that only look at letters


@st.composite
def alike(draw: Draw) -> str:
    """Several layers that are written alike, with other numbers."""
    number = st.integers(1, 40)
    settings = draw(st.sampled_from(["same", "valid", "same, bias=no", "same, dilation=2", "same, s=2", "same, relu"]))
    kinds = ["conv({}, {}, {})", "conv({}, {}x1, {})", "depthwise({1}, {2})", "separable({}, {}, {})"]
    kind = draw(st.sampled_from(kinds))
    side = st.sampled_from([1, 2, 3, 5, 7])
    layers = [kind.format(draw(number), draw(side), settings) for _ in range(draw(st.integers(2, 4)))]
    start = draw(st.sampled_from(["input(99, 97, {})", "input(99, 99, {})"])).format(
        draw(st.sampled_from([1, 2, 3, 9]))
    )
    return " -> ".join([start, *layers, "flatten", "dense(7)", "dense(9)"])


def written(misconception: Misconception, subject: Subject) -> list[object]:
    try:
        rules = list(misconception.edit(subject))[:6]
    except SymparamsError:
        return []
    return [rule for rule in rules if rule != subject.rule]


def check_forms(network: Network, formal: tuple[Misconception, ...] = FORMAL) -> None:
    mistakes = Mistakes(Tasks(network))
    for i in range(1, len(network.nodes)):
        for quantity in COUNTS:
            task = mistakes.tasks.of(i, quantity)
            for rules in (task.rules, *(slip.rules for slip in mistakes.slips(task))):
                (subject,) = task.subjects(rules)
                by_form = editing(subject)
                for made in formal if by_form is not None else ():
                    if quantity in made.quantities:
                        filled = by_form.made(made, lambda m, s: written(m, s)) if by_form else None  # type: ignore[arg-type,return-value]
                        if filled is not None:
                            assert [one.rule for one in filled] == written(made, subject), (made.name, rules)


@given(alike())
def test_rules_of_one_form_share_what_formal_mistakes_make_of_them(text: str) -> None:
    try:
        network = net(text)
    except SymparamsError:
        assume(False)
    check_forms(network)


@given(st.sampled_from(["keras", "torch"]).flatmap(networks))
def test_so_do_those_of_any_network(text: str) -> None:
    try:
        network = net(text)
    except SymparamsError:
        return
    check_forms(network)


def test_a_mistake_that_looks_at_numbers_is_found_out() -> None:
    @misconception("wide", "params", formal=True, explanation="", repair="", source="")
    def wide(s: Subject) -> Iterator[Formula]:
        yield s.rule * s.rule if s.x.channels == 8 else s.rule + s.rule

    network = net("input(64, 64, 3) -> conv(8, 3, same) -> conv(16, 3, same) -> conv(20, 3, same)")
    with pytest.raises(AssertionError):
        check_forms(network, (wide,))


def test_forms_are_shared_at_all() -> None:
    network = net("input(64, 64, 3) -> conv(8, 3, same) -> conv(16, 3, same) -> conv(20, 3, same)")
    mistakes = Mistakes(Tasks(network))
    tables = [editing(next(mistakes.tasks.of(i, "params").subjects())) for i in (2, 3)]
    assert tables[0] is not None
    assert tables[1] is not None
    assert tables[0]._shared is tables[1]._shared


@given(st.sampled_from(["keras", "torch"]).flatmap(networks))
def test_mistakes_beside_other_layers_are_made_only_there(text: str) -> None:
    try:
        network = net(text)
    except SymparamsError:
        return
    missing = [m for m in BESIDE if not any(issubclass(kind, (*m.beside, Spelling)) for kind in network.kinds)]
    tasks = Tasks(network)
    for i, node in enumerate(network.nodes):
        for quantity in COUNTS if missing and node.derived.arriving else ():
            for subject in tasks.of(i, quantity).subjects():
                assert not any(written(m, subject) for m in missing if quantity in m.quantities)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("input(64, 64, 3) -> " + " -> ".join(f"conv({8 * i}, 3, same)" for i in range(2, 22)), 800),
        ("input(64, 64, 3) -> " + " -> ".join(f"conv({8 * i}, 3, same) -> bn" for i in range(2, 22)), 1_000),
    ],
)
def test_few_edits_are_tried_in_vain(text: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = {False: 0, True: 0}  # by whether something came of it

    def counted(misconception: Misconception, subject: Subject) -> list[Formula]:
        rules = ways_of(misconception, subject)
        tried[bool(rules)] += 1
        return rules

    for module in (trying, mistakes, beliefs):
        monkeypatch.setattr(module, "ways_of", counted)
    network = net(text)
    assert not Diagnostician(network).typed(None, "params", str(10**9 + 7)).matches
    assert tried[True] > 100
    assert tried[False] < most, tried


def test_two_mistakes_are_written_out_as_they_were_computed() -> None:
    network = net("input(64, 64, 3) -> conv(8, 3, same) -> conv(16, 3, same) -> conv(20, 3, same) -> conv(20, 3)")
    by = Diagnostician(network)
    by.typed(None, "params", "12345")
    (totals,) = by._totals.values()
    both = by._two_mistakes(totals)._both
    ways = [(way, index) for by_layer in both.values() for index, several in by_layer.items() for way in several]
    assert len(ways) > 100
    for way, index in ways:
        value, right = totals.signature(way.rule), totals.signature(totals.total.terms[index].rule)
        assert value is not None
        assert right is not None
        assert way.adds == (value[0] - right[0],)
