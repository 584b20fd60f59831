"""Stories: parts of one network that build on one another, and what follows from a student's own earlier answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import islice

import pytest

import symparams as sp
from symparams.algebra.evaluation import at
from symparams.algebra.formula import Symbol
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.documents.question_writer import Writer
from symparams.documents.written_question import WrittenQuestion
from symparams.errors import Source, SymparamsError
from symparams.exams.chain import Cut, chained, part_letter
from symparams.exams.course import SHOWN, Course
from symparams.exams.examination import Examination, Wanted
from symparams.exams.question import Question, StoryPart
from symparams.exports.numbas import _question
from symparams.exports.prairielearn_server import Reading
from symparams.grading.bank import bank_of, read_bank
from symparams.grading.marking import Marker
from symparams.sources.answers import read_answer
from symparams.sources.language import network
from tests.exams.samples import EXAMPLE_TEXTS, TEXTS, course, examination, plans, questions
from tests.exports import prairielearn_executor
from tests.exports.numbas_marking import marked, marked_in_turn, variables
from tests.test_cli import run

CNN = EXAMPLE_TEXTS["exam-cnn.arch"]
SMALL = """
input(28, 28, 1) -> conv(6, 5, relu) as first -> maxpool(2) as pool -> flatten as flat
-> dense(10, relu) as hidden -> dense(3) as scores"""
NETWORKS = {
    "exam-cnn": CNN, "small": SMALL, "torch": TEXTS["torch"], "sequences": TEXTS["sequences"],
    **{name: EXAMPLE_TEXTS[f"{name}.arch"] for name in ("exam-text", "vgg16", "resnet20-cifar", "unet", "bilstm-imdb")},
}  # fmt: skip


def parts(question: Question) -> tuple[StoryPart, ...]:
    assert question.more is not None
    found: tuple[StoryPart, ...] = question.more["parts"]
    return found


@cache
def stories(text: str) -> list[Question]:
    return list(islice(questions(text, "story", count=2), 8))


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_every_key_is_what_the_network_with_numbers_has(text: str) -> None:
    found = stories(text)
    assert len(found) >= 2
    for question in found:
        built = network(Source("net.arch", question.course.text(question.point)))
        for part in parts(question):
            if part.node is None:
                assert part.value == built.counts.params
            elif part.axes:
                sizes = dict(zip(_axes(question, part), built.node(part.node.name).shape, strict=True))
                assert {sizes[axis] for axis in part.axes} == {part.value}
            else:
                assert part.value == built.node(part.node.name).counts.params
        assert question.key == (parts(question)[-1].value,)


def _axes(question: Question, part: StoryPart) -> tuple[str, ...]:
    assert part.node is not None
    return question.course.tasks.of(question.course.network.index(part.node.name), "shape").axes


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_what_follows_from_right_answers_is_right(text: str) -> None:
    for question in stories(text):
        right: dict[str, int] = {}
        for part in parts(question):
            assert part.follows is None or at(part.follows, right) == part.value
            for wrong in part.mistakes:
                assert wrong.content != (part.value,)
                assert wrong.follows is None or (at(wrong.follows, right),) == wrong.content
            right[part.mark.strip("()")] = part.value
        assert parts(question)[-1].follows is not None


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_what_follows_can_be_read_where_it_is_marked(text: str) -> None:
    """By the grammar of answers and by PrairieLearn's server, which give the same with other earlier answers."""
    for question in stories(text):
        letters: dict[str, int] = {}
        for part in parts(question):
            for follows in (part.follows, *(wrong.follows for wrong in part.mistakes)):
                if follows is not None:
                    written_so = shown(follows, SOURCE)
                    own = {letter: number + 3 for letter, number in letters.items()}
                    read = read_answer(Source("follows", written_so), {letter: Symbol(letter) for letter in own})
                    theirs = Reading(written_so, list(own)).whole()({key: Fraction(n) for key, n in own.items()})
                    assert at(read, own) == at(follows, own) == theirs
            letters[part.mark.strip("()")] = part.value


def test_parts_build_on_one_another() -> None:
    """Behind a size come the features, the layer that they arrive at, and the total."""
    for question in stories(CNN):
        following = [part.node.name if part.node else "total" for part in parts(question) if part.follows is not None]
        assert following[0] == "flat" or {"hidden", "scores"} & set(following)
        assert following[-1] == "total"
        assert 4 <= len(parts(question)) <= 6
        assert question.worth == len(parts(question))


def _story(text: str, *steps: str) -> Question:
    """The story with these steps."""
    for plan in plans(text, "story"):
        if set(steps) <= set(str(plan.more["steps"]).split()):
            return next(iter([q for q in [plan.variant(plan.course.resting, 0, 0)] if q is not None]))
    raise AssertionError([plan.more["steps"] for plan in plans(text, "story")])


OWN = [  # earlier answers, and what a student who goes on from them has to get
    ("flat", {"pool.size": 11}, 11 * 11 * 6),
    ("flat", {"pool.size": 13}, 13 * 13 * 6),
    ("hidden", {"flat.size": 700}, 701 * 10),
    ("total", {"hidden": 5000}, 6 * 26 + 5000 + 11 * 3),
]


@pytest.mark.parametrize(("asked", "own", "value"), OWN)
def test_what_follows_from_wrong_answers(asked: str, own: Mapping[str, int], value: int) -> None:
    """By hand: the formula of the part with the student's own number in it."""
    question = _story(SMALL, "pool.size", "hidden")
    names = {_named(part): part for part in parts(question)}
    letters = {names[name].mark.strip("()"): number for name, number in own.items()}
    before = {part.mark.strip("()"): part.value for part in parts(question)} | letters
    follows = names["flat.size" if asked == "flat" else asked].follows
    assert follows is not None
    assert at(follows, before) == value


def _named(part: StoryPart) -> str:
    return "total" if part.node is None else part.node.name + ".size" * bool(part.axes)


def test_a_cut_network_is_the_network_with_what_was_answered() -> None:
    """By a second way: a network that begins behind the cut, with the number as its input."""
    on = course(SMALL)
    index = on.network.index("pool")
    cut, own = chained(on, {index: Cut((0, 1), part_letter(0))})
    for size in (5, 11, 12, 30):
        begun = network(
            Source("net.arch", f"input({size}, {size}, 6) -> flatten as flat -> dense(10) as hidden -> dense(3)")
        )
        for name in ("flat", "hidden"):
            there = cut.tasks.of(own[on.network.index(name)], "params" if name == "hidden" else "shape").rules[0]
            node = begun.node(name)
            assert at(there, {"§a": size}) == (node.counts.params if name == "hidden" else node.shape[0])


def test_no_cut_where_a_branch_passes_by() -> None:
    branches = "{ maxpool(2) as inside -> conv(4, 1) | avgpool(2) }"
    text = f"input(8, 8, 4) -> {{ conv(4, 3, same) | id }} -> add -> {branches} -> add"
    names = {step for plan in plans(text, "story") for step in str(plan.more["steps"]).split()}
    assert not {"inside.size", "avgpool_1.size", "conv_2.size"} & names


def test_no_two_parts_on_layers_built_alike() -> None:
    for plan in plans(EXAMPLE_TEXTS["bilstm-imdb.arch"], "story"):
        steps = str(plan.more["steps"]).split()
        assert not {"bidirectional_1", "bidirectional_2"} <= set(steps)


@pytest.mark.parametrize(
    ("name", "show"),
    [
        *((name, "table") for name in ("exam-cnn", "conv-autoencoder", "mobilenet", "lenet5", "resnet18-34", "llama")),
        *(("torch", show) for show in SHOWN if show != "keras"),
        ("exam-cnn", "keras"),
    ],
)
def test_no_answer_to_a_part_stands_in_the_question(name: str, show: str) -> None:
    on = Course(Source("net.arch", EXAMPLE_TEXTS.get(f"{name}.arch") or TEXTS[name]), show=show)
    found = list(Examination([on], Wanted(questions=8, kinds=("story",))).questions())
    assert found
    for question in found:
        before, mark, _ = Writer(on, "text", 0, "none").asked(question).stem.partition("(a)")
        told = {int(digits) for digits in re.findall(r"(?<![\w.])[0-9]+", before)}
        assert mark
        assert told
        assert not told & {part.value for part in parts(question)}


@pytest.mark.parametrize(
    ("show", "told"),
    [("table", "| Layer"), ("torch", "nn.Conv2d("), ("language", "-> conv(6, 5, bias=no)")],
)
def test_a_story_shows_its_network_as_the_others_do(show: str, told: str) -> None:
    net = sp.parse("convention torch\ninput(1, 28, 28) -> conv(6, 5, bias=no) -> maxpool(2) -> flatten -> dense(3)")
    (question,) = sp.exam(net, story=True, show=show).questions
    assert told in question.prompt
    assert "of the layer `conv_1` (convolution)?" in question.prompt


def test_ten_seeds_give_ten_stories() -> None:
    found = {
        tuple(q.identity for q in examination(CNN, kinds=("story",), questions=1, seed=s).questions())
        for s in range(10)
    }
    assert len(found) == 10


def test_layers_that_are_not_asked_about() -> None:
    found = examination(CNN, kinds=("story",), questions=6, without=("conv_a", "pool_a"))
    names = {part.node.name for question in found.questions() for part in parts(question) if part.node}
    assert names
    assert not names & {"conv_a", "pool_a"}


# ---------------------------------------------------------------- marks

STORY = sp.exam(sp.parse(SMALL), kinds="story", questions=1, without="scores,first")


def written() -> WrittenQuestion:
    text = STORY.to_json()
    (asked,) = read_bank(Source("bank.json", text)).questions
    return asked


def test_the_story_that_is_marked_here() -> None:
    blanks = {blank.mark: (blank.answer, blank.follows) for blank in written().blanks}
    assert blanks == {
        "(a)": ("12", ""),
        "(b)": ("864", "6*a^2"),
        "(c)": ("8650", "10*b + 10"),
        "(d)": ("8839", "c + 189"),
    }


_UNREAD = "nothing here is called `x`; there are no letters here; expected a number, such as 18207"
MARKS = [
    ("12; 864; 8650; 8839", 4, "right", ""),
    ("9; 486; 4870; 5059", 3, "unknown", "wrong at (a); (b), (c) and (d) follow from that"),
    ("9; 864; 8650; 8839", 3, "unknown", "wrong at (a)"),
    ("12; 864; 8640; 8829", 3.5, "known", "wrong at (c); (d) follows from that"),
    ("9; 486; 4860; 5049", 2.5, "known", "wrong at (a) and (c); (b) and (d) follow from that"),
    ("9; 500; 5010; 5199", 2, "unknown", "wrong at (a) and (b); (c) and (d) follow from that"),
    ("9; 500; 5011; 5201", 0, "unknown", "wrong at (a), (b), (c) and (d)"),
    ("; 726; 7270; 7459", 2, "unknown", "wrong at (b); (c) and (d) follow from that; nothing at (a)"),
    ("x; 864; 8650; 8839", 3, "unread", f"(a) {_UNREAD}"),
    ("9.5; 541.5; 8650; 8839", 2, "unknown", "wrong at (a) and (b)"),
    ("-1; 6; 70; 259", 3, "unknown", "wrong at (a); (b), (c) and (d) follow from that"),
    ("0; 0; 0; 189", 2, "known", "wrong at (a) and (c); (b) and (d) follow from that"),  # biases left out gives 0
    ("12; 1; 10; 199", 2, "known", "wrong at (b) and (c); (d) follows from that"),  # and here a number in the stem
]  # fmt: skip


@pytest.mark.parametrize(("text", "points", "outcome", "remark"), MARKS)
def test_a_part_is_marked_from_the_students_own_answers(text: str, points: float, outcome: str, remark: str) -> None:
    mark = Marker(written()).mark(text)
    assert (mark.points, mark.outcome, mark.remark) == (Fraction(points), outcome, remark)


def test_what_follows_earns_its_share_where_every_known_answer_does() -> None:
    lenient = sp.exam(sp.parse(SMALL), kinds="story", questions=1, without="scores,first", credit="choices")
    (asked,) = read_bank(Source("bank.json", lenient.to_json())).questions
    assert Marker(asked).mark("0; 0; 0; 189").points == Fraction("2.5")


@pytest.mark.extra
def test_prairielearn_marks_the_same(tmp_path: pytest.TempPathFactory) -> None:
    asked = written()
    page = prairielearn_executor.Question(tmp_path, asked)  # type: ignore[arg-type]
    names = list(page.inputs)
    for text, points, _, _ in MARKS:
        typed = [one.strip() for one in text.split(";")]
        if all(one.lstrip("-").isdigit() for one in typed):
            data = page.submit(**dict(zip(names, typed, strict=True)))
            assert data["score"] * 4 == pytest.approx(points), text
    data = page.submit(**dict(zip(names, ("9", "486", "4870", "5059"), strict=True)))
    assert data["feedback"] == dict.fromkeys(names[1:], "<p>This is right with your own earlier answers.</p>")


def test_numbas_marks_the_same() -> None:
    asked = written()
    question = _question(asked)
    for text, points, _, _ in MARKS:
        typed = [one.strip() for one in text.split(";")]
        if all(one.lstrip("-").isdigit() or not one for one in typed):
            assert sum(marks.score for marks in marked_in_turn(question, typed)) == pytest.approx(points), text
    alone = sum(marked(part, answer, variables(question)).score for part, answer in zip(
        question["parts"], ("9", "486", "4870", "5059"), strict=True))  # fmt: skip
    assert alone == 0


@pytest.mark.parametrize("name", NETWORKS)
def test_numbas_goes_on_as_grading_does(name: str) -> None:
    exam = sp.exam(sp.parse(NETWORKS[name]), kinds="story", questions=2, seed=3)
    for asked in read_bank(Source("bank.json", exam.to_json())).questions:
        marker, question = Marker(asked), _question(asked)
        keys = [blank.answer for blank in asked.blanks]
        for place in range(len(keys)):
            for other in (str(int(keys[place]) + 2), *(mistake.answer for mistake in asked.blanks[place].mistakes[:3])):
                typed = [*keys[:place], other]
                for blank in asked.blanks[place + 1 :]:  # each later part as it follows
                    own = {b.mark[1]: Fraction(one) for b, one in zip(asked.blanks, typed, strict=False)}
                    follows = Reading(blank.follows, list(own)).whole()(own) if blank.follows else blank.value
                    typed.append(str(follows))
                if all(one.isdigit() for one in typed):
                    found = marked_in_turn(question, typed)
                    assert sum(marks.score for marks in found) == pytest.approx(
                        float(marker.mark("; ".join(typed)).points)
                    )


def test_older_banks_have_no_such_keys() -> None:
    document = json.loads(STORY.to_json())
    for blank in document["questions"][0]["blanks"]:
        for mistake in blank["mistakes"]:
            del mistake["follows"]
        del blank["mistakes"], blank["follows"], blank["told"]
    (asked,) = bank_of("bank.json", document).questions
    mark = Marker(asked).mark("9; 486; 4870; 5059")
    assert mark.points == 0
    assert mark.outcome == "unknown"


@pytest.mark.parametrize("formula", ["a + ", "b + 1", "__import__('os')", "(" * 600, "§"])
def test_a_bank_whose_formulas_cannot_be_read(formula: str) -> None:
    document = json.loads(STORY.to_json())
    document["questions"][0]["blanks"][1]["follows"] = formula
    (asked,) = bank_of("bank.json", document).questions
    with pytest.raises(SymparamsError) as caught:
        Marker(asked).mark("9; 486; 1; 1")
    assert str(caught.value) == (
        f"the question {asked.identity} has `{formula[:60]}` where a formula in earlier answers belongs"
    )


def test_two_blanks_of_one_mark() -> None:
    document = json.loads(STORY.to_json())
    document["questions"][0]["blanks"][1]["mark"] = "(a)"
    with pytest.raises(SymparamsError) as caught:
        bank_of("bank.json", document)
    assert "question 1: two blanks have the same mark" in str(caught.value)


def test_a_formula_that_grows_is_no_answer() -> None:
    asked = written()
    second = replace(asked.blanks[1], follows="9^9^9^a", mistakes=())
    huge = Marker(replace(asked, blanks=(asked.blanks[0], second, *asked.blanks[2:])))
    assert huge.mark("9; 1; 8650; 8839").outcome == "unknown"


# ---------------------------------------------------------------- the command


def test_the_command() -> None:
    code, out, err = run("exam", "-e", SMALL, "--story")
    assert (code, err) == (0, "")
    assert out.count("\n## ") == 1
    assert "- (a) What are the height and the width of the output of the layer" in out
    assert "from your own earlier answers" in out


def test_a_system_that_cannot_go_on_from_own_answers_is_named() -> None:
    said = {}
    for format_ in ("json", "latex", "markdown", "moodle", "gift"):
        code, _, err = run("exam", "-e", SMALL, "--story", "--format", format_)
        assert code == 0
        said[format_] = err
    assert said["json"] == said["latex"] == said["markdown"] == ""
    assert said["moodle"] == (
        "symparams: the format moodle marks every part by the right answers to earlier parts; `symparams grade`, "
        "PrairieLearn and Numbas go on from a student's own\n"
    )
    assert said["gift"] == said["moodle"].replace("moodle", "gift")


def test_a_story_and_kinds() -> None:
    code, out, err = run("exam", "-e", SMALL, "--story", "--kinds", "params")
    assert (code, out) == (2, "")
    assert err == "a story is a kind of question: leave the kinds out, or name story among them\n"
    kinds = [q.kind for q in sp.exam(sp.parse(SMALL), kinds="story,params", questions=4).questions]
    assert set(kinds) == {"story", "params"}


def test_a_network_without_a_story() -> None:
    code, out, err = run("exam", "-e", "input(4) -> relu", "--story")
    assert (code, out) == (2, "")
    assert err == "there is no question of the kind story on <command line>\n"
