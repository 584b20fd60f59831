"""Whatever is typed ends with a result or with a message, soon and in little memory; the same inputs each time."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from functools import cache, partial

import pytest

import symparams as sp
from symparams.documents.rendering import STYLES
from symparams.errors import Source, SymparamsError
from symparams.grading.marking import Marker
from symparams.grading.marks import graded
from symparams.misconceptions.task import ASKED
from symparams.quantities.layer_quantities import QUANTITIES
from symparams.quantities.totals import TOTALS
from tests.exports.asked_samples import samples
from tests.fuzz.drawing import LETTERS, answer, broken, facts, letters_of, nested, noise, repeated, size, target
from tests.fuzz.trying import Act, Input, faults
from tests.grading.classes import bank_text

pytestmark = [pytest.mark.fuzz, pytest.mark.parametrize("part", range(4))]


def try_all(act: Act, drawn: Callable[[random.Random], Input], part: int, count: int) -> None:
    """A part of the inputs of a test: others in each part, the same ones every time."""
    found = faults(act, [drawn(random.Random(f"{drawn.__name__} {part} {i}")) for i in range(count)])
    assert not found, f"{len(found)} of {count}:\n" + "\n".join(found)


# ---------------------------------------------------------------- sources


def source(chance: random.Random) -> Input:
    texts = (broken, broken, broken, noise, repeated, lambda c: f"{facts(c, LETTERS)} {repeated(c)}")
    return chance.choice(texts)(chance), chance.choice(STYLES)


def solve(text: str, style: str) -> None:
    net = sp.parse(text)
    net.summary()
    net.solve(style, quantities=QUANTITIES).to_text()  # type: ignore[arg-type]


def test_sources_are_solved_or_refused(part: int) -> None:
    try_all(solve, source, part, 400)


# ---------------------------------------------------------------- diagnosis


def asked(net: sp.Net, quantity: str, number: str) -> tuple[str | None, str]:
    """What is asked: of the layer of that number, or of the whole where it is even and there is a total."""
    total = int(number) % 2 == 0 and quantity not in ("shape", "field")
    return None if total else net.layers[int(number) % len(net)].name, quantity


def typed_answer(chance: random.Random) -> Input:
    text = repeated(chance) if chance.random() < 0.8 else broken(chance)
    return text, chance.choice(ASKED), str(chance.randrange(100)), answer(chance, letters_of(text))


def diagnose(text: str, quantity: str, number: str, typed: str) -> None:
    net = sp.parse(text)
    net.diagnose(typed, *asked(net, quantity, number)).to_text()


def test_answers_on_repeated_networks_are_diagnosed_or_refused(part: int) -> None:
    try_all(diagnose, typed_answer, part, 250)


def wrong_value(chance: random.Random) -> Input:
    forms = ("{}", "{}+1", "2*({})", "({})-8")
    return repeated(chance), chance.choice(ASKED), str(chance.randrange(100)), chance.choice(forms)


def diagnose_value(text: str, quantity: str, number: str, form: str) -> None:
    """An answer near the right one, in the letters of the network."""
    net = sp.parse(text)
    about = asked(net, quantity, number)
    value = net.diagnose("0", *about).value
    values = value if isinstance(value, tuple) else (value,)
    net.diagnose("; ".join(form.format(str(one).replace("**", "^")) for one in values), *about).to_text()


def test_answers_near_the_right_one_are_diagnosed_or_refused(part: int) -> None:
    try_all(diagnose_value, wrong_value, part, 150)


# ---------------------------------------------------------------- searches


def search(chance: random.Random) -> Input:
    letter = chance.choice(("H", "N", "n", "C", "F", "k"))
    texts = (
        f"input({letter}) -> dense({size(chance, (letter,))})",
        f"input({letter}, {chance.choice((letter, '28', 'W'))}, 3) -> conv(8, 3) -> maxpool(2) -> flatten -> dense(10)",
        f"input(28, 28, C) -> conv({size(chance, (letter, 'C'), 1)}, k, same) -> gap -> dense({letter})",
        repeated(chance),
    )
    letters = (letter, *chance.sample(LETTERS, chance.choice((0, 1, 1, 2))))
    unknowns = dict.fromkeys((letter, *chance.sample(letters, chance.choice((0, 0, 1)))))
    return f"{facts(chance, letters)} {chance.choice(texts)}", " ".join(unknowns), target(chance, TOTALS)


def find(text: str, unknowns: str, wanted: str) -> None:
    sp.parse(text).find(*unknowns.split(), target=wanted).to_text()


def test_searches_under_several_facts_end(part: int) -> None:
    try_all(find, search, part, 250)


# ---------------------------------------------------------------- brackets


def brackets(chance: random.Random) -> Input:
    return (nested(chance),)


@cache
def with_letters() -> sp.Net:
    return sp.parse("input(H, W, 3) -> conv(32, k) -> flatten -> dense(10)")


def read_everywhere(typed: str) -> None:
    """As an answer to every kind of question, in a source and in a target: whichever refuses it, the others go on."""
    acts: list[Callable[[], object]] = [
        lambda: with_letters().diagnose(typed, "conv_1").to_text(),
        lambda: with_letters().diagnose(typed, "conv_1", "shape").to_text(),
        lambda: with_letters().diagnose(typed).to_text(),
        lambda: sp.parse(f"input(8) -> dense({typed})").solve().to_text(),
        lambda: sp.parse("input(C) -> dense(n)").find("n", target=f"params <= {typed}").to_text(),
        *(partial(Marker(question).mark, typed) for question in samples(1)),
    ]
    refused = None
    for act in acts:
        try:
            act()
        except SymparamsError as error:
            refused = error
    if refused is not None:
        raise refused


def test_brackets_of_every_kind_are_read_or_refused(part: int) -> None:
    try_all(read_everywhere, brackets, part, 60)


# ---------------------------------------------------------------- tables of answers


def table(chance: random.Random) -> Input:
    questions = samples(1, count=8)
    right = ["; ".join(blank.answer for blank in one.blanks) or one.answer for one in questions]
    others = [[f"S{i}", *(answer(chance).replace("\x00", "") for _ in questions)] for i in range(12)]
    out = io.StringIO()
    csv.writer(out).writerows([["student", *range(1, 9)], ["Ada", *right], *others, ["Bob", *right]])
    return (out.getvalue(),)


def grade(answers: str) -> None:
    """Who answers right has all points, whatever the others type."""
    marks = graded(Source("bank.json", bank_text()), Source("answers.csv", answers))
    assert len(marks.students) == 14
    assert [student.share for student in marks.students if student.name in ("Ada", "Bob")] == [1, 1]


def test_no_answer_ends_the_marking_of_the_others(part: int) -> None:
    try_all(grade, table, part, 60)
