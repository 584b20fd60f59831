"""Short answers: every number is derived or given, every letter defined, nothing said twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from symparams.algebra.evaluation import number
from symparams.algebra.formula import Formula, Number, Value, parts, symbols
from symparams.documents.answer import LayerAnswer
from symparams.documents.answer_document import AnswerDocument
from symparams.documents.formats import Format, format_named
from symparams.documents.rendering import STYLES, environment, tidied
from symparams.documents.solution import Solution
from symparams.errors import Source, SymparamsError
from symparams.layers import CATALOGUE
from symparams.model.conditions import formulas_of
from symparams.model.derived import known
from symparams.model.layer import Layer, Rules
from symparams.model.network import Network
from symparams.model.provenance import Origin, origins
from symparams.model.sentence import Sentence, Text, pattern, value_of, with_values
from symparams.quantities.derivation import Derivation
from symparams.quantities.layer_quantities import QUANTITIES
from symparams.quantities.quantity import size_in_bytes
from symparams.quantities.settings import BYTES
from symparams.sources.language import network as read_network
from tests.differential.generating import networks
from tests.differential.letters import lettered
from tests.helpers import net
from tests.test_cli import run

LAYERS: list[type[Layer]] = sorted({entry.layer for entry in CATALOGUE.values()}, key=lambda layer: layer.names[0])
MARKED: Format = replace(format_named("markdown", math="unicode"), inline=("⟦", "⟧"))
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
_LETTER = re.compile(r"[a-zA-Zα-ω][a-zA-Zα-ω0-9_]*")
_TENSOR = re.compile(r"`[^`(]* ?\(([^`]*)\)`")
_NAME = re.compile(r"`[^`]*`")
_TYPE = re.compile(r"\bb?float\d+|\bint8|[KMGTPE]iB")


def text_of(solution: Solution) -> str:
    made = environment(MARKED).get_template("styles/answer.j2").render(s=solution, a=AnswerDocument(solution))
    return tidied(made, MARKED)


# ---------------------------------------------------------------- what an answer may say


def numbers_in(value: Value | Fraction | None) -> Iterator[Fraction]:
    if value is None:
        return
    if not isinstance(value, Formula):
        yield abs(Fraction(value))
        return
    pending = [value]
    while pending:
        formula = pending.pop()
        known = number(formula)
        if known is not None:
            yield abs(Fraction(known))
            yield Fraction(known).numerator * Fraction(1)
            yield Fraction(known).denominator * Fraction(1)
        if isinstance(formula, Number):
            yield abs(Fraction(formula.value))
        pending += parts(formula)
        pending += [s.value for s in symbols(formula) if s.value is not None]


def in_text(text: Text) -> Iterator[Fraction]:
    if isinstance(text, Sentence):
        for _, slot in text.slots:
            for one in slot if isinstance(slot, tuple) else () if isinstance(slot, str) else (slot,):
                yield from numbers_in(with_values(one))
                yield from numbers_in(value_of(one))


def in_derivation(derivation: Derivation) -> Iterator[Fraction]:
    for step in derivation.steps:
        yield from numbers_in(step.expression)
    yield from numbers_in(derivation.value)


def of_network(network: Network) -> Iterator[Fraction]:
    """The sizes, counts and settings of all layers: an answer may say where a size comes from."""
    for node in network.nodes:
        for size in node.shape:
            yield from numbers_in(size)
        for _, formula in formulas_of(node.layer):
            yield from numbers_in(formula)
        for repeat in node.repeats:
            yield from numbers_in(repeat.count)
            yield from numbers_in(repeat.first)
            yield from numbers_in(repeat.last)
        for counts in (node.counts, node.all_counts, node.derived.counts):
            for one in fields(counts):
                yield from numbers_in(getattr(counts, one.name))


def of_origin(origin: Origin) -> Iterator[Fraction]:
    """Where a size comes from, and what it is made of."""
    yield from numbers_in(origin.size)
    yield from numbers_in(origin.number)
    yield from numbers_in(origin.rule)
    yield from () if origin.share is None else numbers_in(origin.share.size)
    for part in (*origin.parts, *origin.further):
        yield from of_origin(part)


def of_answer(a: LayerAnswer) -> Iterator[Fraction]:
    e = a.entry
    rules = e.node.derived.rules
    yield Fraction(1)
    for text in (rules.because, rules.shape_reason, rules.differs, *rules.ignores):
        yield from in_text(text)
    yield from in_derivation(a.params)
    for origin in origins(a.solution.network, e.node):
        yield from of_origin(origin)
    for axis in e.account.axes:
        yield from in_derivation(axis.derivation)
    for on_the_way in (e.changes, e.changes_before, e.changes_laid_out):
        for change in () if on_the_way is None else on_the_way.changes:
            yield from () if change.work is None else in_derivation(change.work)
    for stored in e.account.stored:
        for size in (*stored.shape, stored.copies):
            yield from numbers_in(size)
    for group in e.tensor_groups:
        for size in (group.many, group.value, group.one.value, group.one.product, group.by_count):
            yield from numbers_in(size)
    for count in a.by_unit:
        yield from map(Fraction, re.findall(r"\d+", count.where))
        for one in (count.each, count.each_value, count.many, count.many_value, count.product, count.value):
            yield from numbers_in(one)
    yield from numbers_in(a.sum_of_units)
    if a.measure is not None and a.measured is not None:
        for measured in (a.measured, *([a.inner] if a.inner else [])):
            yield from in_derivation(measured.derivation)
            yield from numbers_in(measured.together)
            yield from in_text(measured.because)
        yield from map(Fraction, re.findall(r"\d+", a.measure.convention(a.solution.settings)))
        said = [size_in_bytes(v) for v in (a.measured.derivation.value, a.measured.together)]
        yield from (Fraction(found.replace(",", "")) for text in said for found in _NUMBER.findall(text))
        yield Fraction(BYTES[a.solution.settings.dtype])
    for padded in e.padding if a.quantity == "padding" else ():
        for each in (padded.total, padded.before, padded.after):
            yield from in_derivation(each) if each is not None else ()
    if a.quantity == "field" and not isinstance(a.fields, str):
        for steps in a.fields:
            for derivation in steps.steps:
                yield from in_derivation(derivation)
            yield from numbers_in(steps.field.size)
            way = a.way_back(steps)
            for step in way.steps if way is not None else ():
                for size in step[1:]:
                    yield from numbers_in(size)


# ---------------------------------------------------------------- what is checked


def check_numbers(text: str, a: LayerAnswer) -> None:
    allowed = {*of_network(a.solution.network), *of_answer(a)}
    text = re.sub(r"\d+ further layers", "", text)
    bare = _NAME.sub("", _TENSOR.sub(r" \1 ", text))
    printed = [Fraction(found.rstrip(",").replace(",", "")) for found in _NUMBER.findall(_TYPE.sub("", bare))]
    assert set(printed) <= allowed, (sorted(set(printed) - allowed), text)


def check_letters(text: str, a: LayerAnswer) -> None:
    """Every letter in mathematics stands in the sentence that defines letters, or is one of the field's."""
    defined = {letter.symbol.name for letter in a.solution.letters_of(a.entry)}
    defined |= {repeat.variable for repeat in a.entry.repeats}
    defined |= {"r", "k", "s"} if a.quantity == "field" else set()
    defined |= set(re.findall(r"number ⟦?(\w)⟧?, counted from", text))  # a sentence that counts windows
    text = re.sub(r"(min|max)(?=\()", " ", text)
    used = {letter for found in re.findall("⟦(.*?)⟧", text) for letter in _LETTER.findall(found)}
    single = {letter for letter in defined if len(letter) == 1}  # which stand side by side in products
    unknown = {one for one in used - defined - {"min", "max", "mod"} if not set(one) <= single}
    assert not unknown, (sorted(unknown), text)


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.:])\s+", re.sub(r"```.*?```", "", text, flags=re.DOTALL)) if len(s) > 24]


def check_sentences(text: str) -> None:
    said = sentences(text)
    said = [one for one in said if " → " not in one and "⟦k = " not in one]  # the steps of two axes may be alike
    assert len(said) == len(set(said)), text
    assert text.count(". ") + 1 <= _SENTENCES, (text.count(". "), text)
    assert text.count("```") <= 2, text
    assert "{" not in text, text
    odd = re.search(r" [.,;:]|\.\.|;\.|  ", re.sub(r"```.*?```", "", text, flags=re.DOTALL).strip())
    assert odd is None, text


USUAL = ("shape", "params", "macs", "field")  # where sizes vary; the others are made of these


def check(network: Network, quantities: Sequence[str] = USUAL) -> int:
    checked = 0
    for node in network.nodes:
        if node.kind == "copies":
            continue
        for quantity in quantities:
            solution = Solution(network, (quantity,), (node.name,))
            text = text_of(solution)
            (answer,) = AnswerDocument(solution).layers[0][1]
            check_sentences(text)
            check_numbers(text, answer)
            check_letters(text, answer)
            checked += 1
    return checked


_SENTENCES = 13  # an answer about a whole transformer names all its parts
SIZES = ["1", "6", "7", "n"]


def variants(layer: type[Layer]) -> Iterator[str]:
    """The example of a layer in both conventions, with sizes of its input replaced."""
    for convention in ("keras", "torch"):
        head = "" if layer.example.startswith("convention") else f"convention {convention}\n"
        yield head + layer.example
        found = re.search(r"input\(([^()]*)\)", layer.example)
        sizes = found[1].split(", ") if found else []
        for i in range(len(sizes)):
            for size in SIZES:
                changed = ", ".join([*sizes[:i], size if size != "n" else f"n{i}", *sizes[i + 1 :]])
                yield head + re.sub(r"input\([^()]*\)", f"input({changed})", layer.example, count=1)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.names[0])
def test_answers_of_every_layer(layer: type[Layer]) -> None:
    checked = 0
    for text in variants(layer):
        try:
            network = read_network(Source("text", text))
        except SymparamsError:
            continue
        checked += check(network, QUANTITIES if text.endswith(layer.example) else USUAL)
    assert checked


@pytest.mark.slow
@pytest.mark.parametrize("convention", ["keras", "torch"])
def test_answers_of_random_networks(convention: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(networks(convention, None, None))
    def of(text: str) -> None:
        try:
            network = net(text)
        except SymparamsError:
            return
        check(network)

    of()


@pytest.mark.slow
@pytest.mark.parametrize("convention", ["keras", "torch"])
def test_answers_of_random_networks_with_letters(convention: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(lettered(convention, None))
    def of(text: Any) -> None:
        try:
            network = net(text.filled())
        except SymparamsError:
            return
        check(network)

    of()


# ---------------------------------------------------------------- what is said by whom


def answer(text: str, layer: str, quantity: str = "params") -> str:
    return text_of(Solution(read_network(Source("text", text)), (quantity,), (layer,)))


def last_answers(layer: type[Layer]) -> Iterator[str]:
    """What is said of the layer in its example, in both conventions."""
    for convention in ("keras", "torch"):
        head = "" if layer.example.startswith("convention") else f"convention {convention}\n"
        try:
            network = read_network(Source("text", head + layer.example))
        except SymparamsError:
            continue
        node = next(node for node in network.nodes if isinstance(node.layer, layer))
        for quantity in ("params", "shape", "macs"):
            said = text_of(Solution(network, (quantity,), (node.name,)))
            yield f"## {layer.names[0]}, {convention}: {quantity}\n\n{said}"


def test_answers_of_a_layer_of_each_family(golden: Callable[[str, str], None]) -> None:
    first: dict[str, type[Layer]] = {}
    for layer in LAYERS:
        rules = [node.derived.rules for node in net(layer.example).nodes if isinstance(node.layer, layer)]
        if layer.family not in first or (rules[0].counted and not first[layer.family].by_hand):
            first.setdefault(layer.family, layer)
    golden("short-answers.md", "\n".join(text for layer in first.values() for text in last_answers(layer)))


def test_layers_of_different_families_share_no_mechanism() -> None:
    said: dict[str, set[str]] = {}
    for layer in LAYERS:
        for node in net(layer.example).nodes:
            if isinstance(node.layer, layer) and node.derived.rules.counted:
                said.setdefault(pattern(node.derived.rules.because), set()).add(layer.family)
    assert len(said) > 25
    assert {text: families for text, families in said.items() if len(families) > 1} == {}


def test_without_its_mechanism_an_answer_has_only_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "input(26, 26, 32) -> conv(63, 3)"
    told = answer(text, "conv_1")
    init = Rules.__init__

    def silent(self: Rules, **given: Any) -> None:
        init(self, **{**given, "because": "", "shape_because": "", "ignores": (), "unit": None})

    monkeypatch.setattr(Rules, "__init__", silent)
    known.cache_clear()
    try:
        bare = answer(text, "conv_1")
    finally:
        monkeypatch.undo()
        known.cache_clear()
    assert "filter" in told
    assert bare == (
        "**18,207 = ⟦(3·3·32 + 1)·63⟧.**\n\nThe kernel has ⟦3·3·32·63 = 18,144⟧; the bias has ⟦63⟧. "
        "Together: ⟦18,144 + 63 = 18,207⟧.\n\nIn Keras, "
        "`layer.weights` lists `kernel (3, 3, 32, 63)` and `bias (63,)`.\n"
    )


def test_more_axes_than_a_volume_has() -> None:
    text = "convention torch input(2, 3, 4, 5, 6) -> layerscale"
    assert "The size of the input does not matter: the same factor" in answer(text, "layerscale_1")


# ---------------------------------------------------------------- options


def test_jump_and_offset_are_said_with_detail() -> None:
    asked = ["solve", "-e", "input(28, 28, 1) -> conv(8, 3, s=2, same)", "--layer", "conv_1", "--quantity", "field"]
    status, told, _ = run(*asked, "--format", "text")
    assert status == 0
    assert "jump" not in told
    assert (
        "2 positions apart (the jump); that of the first output begins at position 0 (the offset)."
        in (run(*asked, "--format", "text", "--detail")[1])
    )


@pytest.mark.parametrize("style", STYLES)
def test_markdown_can_have_no_dollars(style: str) -> None:
    asked = ["solve", "-e", "input(H, W, C) -> conv(F, 3) -> gap -> dense(n)", "--style", style]
    assert "$" in run(*asked)[1]
    status, told, _ = run(*asked, "--math", "unicode", "--quantity", "macs", "--quantity", "shape")
    assert status == 0
    assert "$" not in told
    assert "\\" not in told


def test_plain_formulas_are_for_markdown() -> None:
    asked = ["solve", "-e", "input(3) -> dense(4)", "--format", "latex", "--math", "unicode"]
    assert run(*asked)[2] == "formulas can be plain text in markdown, not in latex\n"
