"""Questions in words: everything that is needed is said, nothing that only the program knows, in whole sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings

from symparams.documents.formats import FORMATS
from symparams.documents.question_writer import Writer
from symparams.documents.written_question import WrittenQuestion
from symparams.exams.kinds import KINDS
from symparams.exams.question import Question
from tests.exams.samples import (
    EXAMPLE_TEXTS,
    LAYER_TEXTS,
    TEXTS,
    course,
    examination,
    plans,
    questions,
    random_texts,
    readable,
    variants,
)
from tests.helpers import few_or_many, net

INTERNAL = re.compile(
    r"\b(None|Symbol|Number|Fraction|Formula|NoneType|nan)\b|object at|[{<]{2}|⟦|□|(?<!=)\bTrue\b(?!:)|[a-z]_[a-z]+_"
)
ONE_OF_MANY = re.compile(
    r"(?<![\d.,=×·+−/ -])\b1 (parameters|channels|features|units|filters|heads|groups|points|bytes|layers|steps)\b"
)
ARTICLES = re.compile(
    r"(?<!matrix )\b[Aa] (?=[aeio]|input|output)(?!one|once)\w+|\b[Aa]n (?![aeiouAEFHILMNORSX18]|[fhlmnrsx]\b)\w+"
)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
ALL = int(os.environ.get("EXAMS", "0"))  # so many random networks, and everything else in full
NUMBERED = ("params", "shape", "macs", "flops", "memory", "activations", "cache", "field", "total", "blank", "mistake")
seen: dict[str, tuple[object, str]] = {}  # local stems, with their answers


def asked(
    text: str, *kinds: str, markup: str = "text", count: int = 2, most: int = 8
) -> Iterator[tuple[Question, WrittenQuestion]]:
    writer = Writer(course(text), markup, 0)
    for question in questions(text, *kinds, count=count, most=most):
        yield question, writer.asked(question)


def check(question: Question, found: WrittenQuestion) -> None:
    texts = [found.stem, found.solution, *(o.text for o in found.options), *(o.feedback for o in found.options)]
    texts += [mistake.feedback for mistake in found.mistakes]
    for said in texts:
        words = CODE.sub("", said)
        if question.kind != "truth":
            assert not INTERNAL.search(words), said
        assert not ONE_OF_MANY.search(words), said
        assert not ARTICLES.search(words), said
        assert not re.search(r"[a-z)]\.\.| ,|: :", words), said
    assert found.points % 1 in (0, 0.5)
    assert found.points > 0
    assert found.stem.strip()
    assert found.solution.strip()
    assert found.name.strip()
    assert question.kind in found.tags
    assert len(set(found.tags)) == len(found.tags)


def check_shown(question: Question, found: WrittenQuestion) -> None:
    """The network in the stem is one, with numbers where numbers are asked for."""
    if question.kind not in NUMBERED or question.local:
        return
    on = question.course
    shown = on.text({**on.resting, **question.point})
    named = [question.node] if on.is_long and question.node else () if on.is_long else on.network.nodes
    assert all(re.search(rf"(^|\W){re.escape(n.name)}(\W|$)", found.stem) for n in named if n.kind != "copies")
    free = {name for name, value in net(shown).symbols.items() if value is None}
    assert free <= set(on.open_letters)


def check_whole(question: Question, found: WrittenQuestion) -> None:
    """One stem has one answer, whichever network the layer is from."""
    if question.options or not (question.local or question.kind == "inverse"):
        return
    about = (question.kind, question.quantity, found.answer)
    assert seen.setdefault(found.stem, (about, question.course.source.text))[0] == about, (
        f"{found.stem}\n{question.course.source.text}\n{seen[found.stem][1]}"
    )


@few_or_many("most", 1, 4)
@pytest.mark.parametrize(("name", "markup"), [*((n, "text") for n in TEXTS), ("images", "html"), ("torch", "latex")])
def test_sentences(name: str, markup: str, most: int) -> None:
    for kind in KINDS:
        for question, found in asked(TEXTS[name], kind, markup=markup, count=2, most=most):
            if markup == "text":
                check(question, found)
                check_shown(question, found)
                check_whole(question, found)
            assert not found.stem.isspace()


@pytest.mark.parametrize("name", list(EXAMPLE_TEXTS)[:: 1 if ALL else 9])
def test_examples(name: str) -> None:
    text = EXAMPLE_TEXTS[name]
    for kind in ("params", "shape", "inverse", "truth"):
        for question, found in asked(text, kind, count=1, most=2):
            check(question, found)
            check_shown(question, found)
            check_whole(question, found)


@few_or_many("step", 20, 1 if ALL else 3)
def test_layers(step: int) -> None:
    for text in filter(readable, LAYER_TEXTS[::step]):
        for kind in ("params", "shape", "macs", "inverse"):
            for question, found in asked(text, kind, count=1, most=3):
                check(question, found)
                check_shown(question, found)
                check_whole(question, found)


@settings(max_examples=ALL or 4)
@given(random_texts())
def test_random_networks(text: str) -> None:
    assume(readable(text))
    for kind in ("params", "shape", "macs", "inverse", "formula"):
        for question, found in asked(text, kind, count=1, most=3):
            check(question, found)
            check_shown(question, found)
            check_whole(question, found)


def test_blanks_put_back_give_the_solution() -> None:
    blanks = 0
    for text in (TEXTS["images"], TEXTS["torch"]):
        for fade in (1, 2, 3, 20):
            found = examination(text, fade=fade, questions=None, kinds=("params", "macs"))
            writer = Writer(course(text), "text", 0)
            for question in found.questions():
                given = writer.asked(question)
                blanks += len(given.blanks)
                assert given.blanks
                assert given.points == sum(blank.points for blank in given.blanks)
                assert given.points % 1 in (0, 0.5)
                told = given.stem[given.stem.index("Fill in the blanks.") :]
                for blank in given.blanks:
                    assert told.count(blank.mark) >= 1
                    told = told.replace(FORMATS["text"].notation.blank(blank.mark), f"{blank.value:,}")
                    assert blank.answer == str(blank.value)
                for line in re.findall(r"= .*", told):
                    assert re.sub(r"[_\s]", "", line) in re.sub(r"[_\s]", "", given.solution), (told, given.solution)
                assert given.blanks[-1].value == question.key[0]
    assert blanks > 50


def test_a_result_that_is_not_new_is_left_out_all_the_same() -> None:
    text = "input(9, 9, 2) -> conv(4, 3) -> conv(4, 3) -> conv(4, 1)"
    found = examination(text, fade=2, questions=None, kinds=("field",))
    writer = Writer(course(text), "text", 0)
    given = [writer.asked(question) for question in found.questions()]
    (last,) = [one for one in given if "conv_3" in one.name]
    assert last.stem.split("\n")[-3:] == ["          = 5 + 0", "          = [(a)]", ""]
    assert [(blank.mark, blank.value) for blank in last.blanks] == [("(a)", 5)]


def test_feedback_says_what_the_wrong_answer_is() -> None:
    for question, found in asked(TEXTS["images"], "params", "total"):
        for wrong, told in zip(question.mistakes, found.mistakes, strict=True):
            assert told.feedback
            assert (
                f"{wrong.content[0]:,}" in told.feedback or len(wrong.rules) != 1 or "That gives" not in told.feedback
            )


def test_names_print_as_themselves() -> None:
    """A title with signs of every markup stands escaped in each."""
    nasty = 'model "A_1 & <b>50%</b> {x} $y$ #1 ~z^2 \\\\ end"\ninput(8) -> dense(4) -> dense(2)'
    (plan, *_) = plans(nasty, "total")
    question = next(variants(plan, 1))
    stems = {m: Writer(course(nasty), m, 0).asked(question).stem for m in ("text", "markdown", "html", "latex")}
    assert "<b>" not in stems["html"]
    assert "&lt;b&gt;" in stems["html"]
    assert r"\&" in stems["latex"]
    assert r"\%" in stems["latex"]
    assert r"\#" in stems["latex"]
    assert "<b>50%</b>" in stems["text"]


@pytest.mark.parametrize("kind", KINDS)
def test_layers_that_differ_in_biases_alone_are_told_apart(kind: str) -> None:
    for layer in ("mamba", "mamba(convbias=no)", "mla(4, 32)", "mla(4, 32, bias=yes)", "attention(4, qknorm)"):
        for question, found in asked(f"input(8, 64) -> {layer}", kind, markup="text", most=4):
            check(question, found)
            check_whole(question, found)
    for layer in ("windowattention(4, 2)", "windowattention(4, 2, bias=no)"):
        for question, found in asked(f"input(8, 8, 64) -> {layer}", kind, markup="text", most=4):
            check(question, found)
            check_whole(question, found)
