"""Blueprints: each line is met, spread over the network, or the message says which is not and what there is."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction

import pytest

import symparams as sp
from symparams.errors import Source, SymparamsError
from symparams.exams.blueprint import BlueprintLine, read_blueprint
from symparams.exams.examination import Examination
from symparams.exams.filling import Filling
from symparams.exams.question import Question
from tests.conftest import EXAMPLES
from tests.exams.samples import EXAMPLE_TEXTS, TEXTS, examination, plans
from tests.test_cli import run

CNN = EXAMPLE_TEXTS["exam-cnn.arch"]
NUMBERS = TEXTS["numbers"]


def lines(text: str) -> tuple[BlueprintLine, ...]:
    return read_blueprint(Source("plan.csv", text))


def asked(text: str, *networks: str, **wanted: object) -> Examination:
    return examination(*networks or (CNN,), blueprint=lines(text), **wanted)


def told(question: Question) -> tuple[str, str, int, str]:
    return (
        question.kind,
        question.answer_type,
        question.difficulty,
        question.node.name if question.node is not None else "",
    )


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    "text",
    [
        "points,kind,level,layer\n2,params,1..2,conv_a\n,,,\n",
        "points;kind;level;layer\r\n2;params;1..2;conv_a\r\n;;;\r\n",
        "\ufeffPoints , Kind,Level,Layer\n\n 2 , params , 1..2 , conv_a \n,,,",
        "layer\tlevel\tkind\tpoints\nconv_a\t1..2\tparams\t2\n\t\t\t\n",
        'points,kind,level,layer\n"2","params","1..2","conv_a",,,\n,\n',
    ],
)
def test_what_a_blueprint_says(text: str) -> None:
    first, second = lines(text)
    assert (first.points, first.kind, first.levels, first.layer) == (Fraction(2), "params", (1, 2), "conv_a")
    assert (second.points, second.kind, second.levels, second.layer) == (None, "", None, "")


def test_columns_may_be_left_out() -> None:
    (line,) = lines("kind\ntotal:choice")
    assert (line.points, line.kind, line.levels, line.layer) == (None, "total:choice", None, "")
    assert lines("points\n1.5\n1,5".replace("1,5", '"1,5"'))[1].points == Fraction(3, 2)


_COLUMNS = "the columns are points, kind, level and layer"
_POINTS = "points are a number such as 2 or 1.5, from 0.5 to 1,000 in steps of 0.5, not"
BROKEN = {
    "": "plan.csv: a blueprint begins with the line `points,kind,level,layer`; here is nothing",
    "kind,level\n\n": "plan.csv: below its first line a blueprint has a line for each question",
    "kind,marks\ntotal,2": f"plan.csv:1:1: a blueprint has no column `marks`; {_COLUMNS}\n    kind,marks\n    ^",
    "layers\n2": "plan.csv:1:1: a blueprint has no column `layers`; did you mean `layer`?\n    layers\n    ^",
    "kind,kind\ntotal,2": "plan.csv:1:1: two columns are called `kind`\n    kind,kind\n    ^",
    "points\n1\n0": f"plan.csv:3:1: {_POINTS} `0`\n    0\n    ^",
    "points\n0.25": f"plan.csv:2:1: {_POINTS} `0.25`\n    0.25\n    ^",
    "points\n1e3": f"plan.csv:2:1: {_POINTS} `1e3`\n    1e3\n    ^",
    "points\n-1": f"plan.csv:2:1: {_POINTS} `-1`\n    -1\n    ^",
    "level\n6": "plan.csv:2:1: a level is a number from 1 to 5, or two of them as 2..4, not 6\n    6\n    ^",
    'kind\n"total': 'plan.csv:2:1: this line is no CSV: unexpected end of data\n    "total\n    ^',
    "kind,level\ntotal,2,3": "plan.csv:2:1: there are 3 cells in this line, but 2 columns\n    total,2,3\n    ^",
    "kind\n" + "\n" * 299 + "total": "plan.csv:301:1: such a table has at most 300 lines\n    total\n    ^",
}


@pytest.mark.parametrize(("text", "message"), BROKEN.items())
def test_blueprints_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        lines(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("seed", range(40))
def test_no_text_ends_otherwise(seed: int) -> None:
    draw = random.Random(seed)
    signs = [
        "points",
        "kind",
        "level",
        "layer",
        ",",
        ";",
        "\t",
        "\n",
        "\r",
        '"',
        "1",
        "2..4",
        "total",
        "\0",
        "\u2028",
        "é",
    ]
    text = "".join(draw.choices(signs, k=draw.randint(0, 60)))
    for whole in (text, f"points,kind\n{text}"):
        message = ""
        try:
            read_blueprint(Source("plan.csv", whole))
        except SymparamsError as error:
            message = str(error)
        assert message.startswith("plan.csv:") or not message


# ---------------------------------------------------------------- what is asked

EACH = """points,kind,level,layer
2,params,,conv_b
1.5,shape:choice,,
,,3..4,
3,total,,
,field,,pool_b
0.5,,,norm
,truth,,
"""


@pytest.mark.parametrize("seed", range(6))
def test_each_line_is_met_in_its_place(seed: int) -> None:
    questions = list(asked(EACH, seed=seed).questions())
    told_of = list(map(told, questions))
    assert [q.worth for q in questions] == [2, Fraction(3, 2), None, 3, None, Fraction(1, 2), None]
    assert (told_of[0][0], told_of[0][3]) == ("params", "conv_b")
    assert told_of[1][:2] == ("shape", "choice")
    assert told_of[2][2] in (3, 4)
    assert told_of[3][0] == "total"
    assert (told_of[4][0], told_of[4][3]) == ("field", "pool_b")
    assert told_of[5][3] == "norm"
    assert told_of[6][0] == "truth"


def test_variants_of_each_line() -> None:
    found = asked("kind,layer\nparams,conv_b\nshape,\ntotal,", variants=3)
    assert found.total == 9
    questions = list(found.questions())
    assert [q.kind for q in questions] == ["params"] * 3 + ["shape"] * 3 + ["total"] * 3
    assert len({q.identity for q in questions}) == 9


def test_lines_alike_get_different_questions_on_different_layers() -> None:
    questions = list(asked("kind\n" + "params:number\n" * 5).questions())
    assert Counter(told(q)[3] for q in questions) == Counter(["conv_a", "norm", "conv_b", "hidden", "scores"])
    again = list(asked("kind\n" + "params:number\n" * 12).questions())
    assert len({q.identity for q in again}) == 12
    assert set(Counter(told(q)[3] for q in again).values()) == {2, 3}


def test_open_lines_leave_others_their_plans() -> None:
    """Whatever comes first: of numbers there is one such question, which only the line that names it may take."""
    for text in (
        "kind,layer\n,dense_2\n,dense_2\nparams:number,dense_2",
        "kind,layer\nparams:number,dense_2\n,dense_2\n,dense_2",
    ):
        for seed in range(10):
            kinds = [told(q)[:2] for q in asked(text, NUMBERS, seed=seed, kinds=("params", "macs:number")).questions()]
            assert sorted(kinds) == [("macs", "number"), ("params", "choice"), ("params", "number")]


def test_lines_make_room_for_one_another() -> None:
    """Plans a, b, c and lines that may have a or b, b or c, a or c: in whatever order they come, each gets one."""
    found = list(plans("input(7) -> dense(3) -> dense(4) -> dense(5)", "params", types=("number",)))
    wishes = [[0, 1], [1, 2], [0, 2], [0, 1, 2]]
    for seed in range(5):
        filling = Filling(found, seed, lambda i, count: count <= (1 if i else 2))
        assert filling.fill(wishes) is None
        assert sorted(filling.uses) == [(0, 0), (0, 1), (1, 0), (2, 0)]
        assert all(i in wish for (i, _), wish in zip(filling.uses, wishes, strict=True))
        assert Filling(found, seed, lambda i, count: count <= 1).fill(wishes) is not None


def test_a_line_gives_way_to_one_that_comes_later() -> None:
    """Of lines that leave as much open the first has taken the plan that the second needs."""
    found = list(plans("input(7) -> dense(3) -> dense(4)", "params"))
    for seed in range(10):
        filling = Filling(found, seed, lambda i, count: count <= 1 and i != 3)
        assert filling.fill([[0, 1], [0, 3], [1, 2]]) is None
        assert [i for i, _ in filling.uses] == [1, 0, 2]


def test_seeds_give_other_papers() -> None:
    papers = {
        tuple(
            q.identity
            for q in asked("kind\n" + "params\nshape\n,\n" * 3, EXAMPLE_TEXTS["vgg16.arch"], seed=seed).questions()
        )
        for seed in range(10)
    }
    assert len(papers) == 10


def test_points_reach_what_is_written() -> None:
    net = sp.parse(CNN)
    made = sp.exam(net, blueprint=Source("plan.csv", EACH))
    assert [q.points for q in made.questions][:2] == [Fraction(2), Fraction(3, 2)]
    identities = [q.identity for q in made.questions]
    doubled = sp.exam(net, blueprint=Source("plan.csv", EACH.replace("2,params", "4,params")))
    assert doubled.questions[0].points == 4
    assert [q.identity for q in doubled.questions] == identities
    assert doubled.info.request != made.info.request


def test_points_of_a_faded_question_are_shared_by_its_blanks() -> None:
    made = sp.exam(sp.parse(CNN), blueprint=Source("plan.csv", "points,kind\n3,params"), fade=2)
    (question,) = made.questions
    blanks = question._asked.blanks
    assert [blank.points for blank in blanks] == [Fraction(3, len(blanks))] * len(blanks)
    assert question.points == 3


UNMET = {
    "kind\nparms": (2, "there is no kind of question `parms`; did you mean `params`?"),
    "kind\nparams:shape": (2, "questions of the kind params are answered by number or choice, not shape"),
    "layer\nconv_9": (2, "there is no layer `conv_9`; did you mean `conv_2`?"),
    "kind,layer\n,\nfield,dense_1": (
        3, ("there is no question of the kind field, about dense_1; there are questions of the kind field about "
        "conv_2 and maxpool_1"),
    ),
    "kind,level\nparams,5": (
        2, "there is no question of the kind params, of level 5; there are such questions of level 1 to 2"
    ),
    "kind\ncompare": (
        2, "there is no question of the kind compare: that takes a letter with a range, or a second network"
    ),
    "kind,layer\ntotal,conv_1": (
        2, ("there is no question of the kind total, about conv_1; there are questions of the kind total about the "
        "whole network"),
    ),
    "kind\ntotal\nshape\ntotal\ntotal": (
        5, ("there are not enough different questions of the kind total for the lines 2, 4 and 5; wider ranges of "
        "letters give more"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "message"), [(text, *unmet) for text, unmet in UNMET.items()])
def test_lines_that_cannot_be_met(text: str, line: int, message: str) -> None:
    with pytest.raises(SymparamsError) as caught:
        asked(text, NUMBERS)
    shown = text.splitlines()[line - 1]
    assert str(caught.value) == f"plan.csv:{line}:1: {message}\n    {shown}\n    ^"


def test_a_line_that_has_no_variants() -> None:
    with pytest.raises(SymparamsError) as caught:
        asked("kind\nparams", NUMBERS, variants=3)
    assert str(caught.value) == (
        "plan.csv:2:1: there is no question of the kind params with 3 variants; the most is 1\n    params\n    ^"
    )


def test_a_blueprint_says_how_many_questions_there_are() -> None:
    with pytest.raises(SymparamsError) as caught:
        asked("kind\nparams", questions=3)
    assert str(caught.value) == "a blueprint has a line for each question; leave the number of questions out"


@pytest.mark.parametrize("format_", ["json", "latex"])
def test_the_example(format_: str) -> None:
    words = ("exam", EXAMPLES / "exam-cnn.arch", "--blueprint", EXAMPLES / "exam-cnn.csv", "--variants", 2)
    code, out, err = run(*map(str, words), "--format", format_)
    assert (code, err) == (0, "")
    assert out.count('"identity"') == 14 or format_ != "json"
