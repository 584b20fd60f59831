"""What `import symparams as sp` gives: derivations, exams and marks; all of it compared, hashed and sent by content."""

from __future__ import annotations

import json
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import FrozenInstanceError, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symparams as sp
from symparams import errors
from symparams.algebra.choices import Choices
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.algebra.sympy_bridge import letter
from symparams.documents.derivations import PARTS
from symparams.errors import Place, Source, SymparamsError
from symparams.model.layer import Incoming, Layer, Rules
from symparams.model.tensor import tensor
from symparams.quantities.layer_quantities import QUANTITIES
from tests.conftest import EXAMPLES
from tests.helpers import letters_for
from tests.test_cli import run
from tests.test_laws import LETTERS


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield executor


def sent(value: Any) -> Any:
    """What arrives in another process."""
    return pickle.loads(pickle.dumps(value))


# ---------------------------------------------------------------- errors


class OddError(SymparamsError):
    """With arguments of its own, as a user's subclass may have."""

    def __init__(self, *, count: int) -> None:
        super().__init__(f"{count} are too many")
        self.count = count


def family(kind: type[SymparamsError]) -> Iterator[type[SymparamsError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from family(below)


PLACE = Place(Source("net.arch", "input(3)\n-> dense(0)\n"), 12)
ARGUMENTS: dict[type[SymparamsError], Any] = {
    errors.RangeError: lambda: errors.RangeError("7 is no value of k", PLACE, "k", Choices([range(3, 6, 2)])),
    OddError: lambda: OddError(count=3),
}


def made(kind: type[SymparamsError]) -> SymparamsError:
    error: SymparamsError = ARGUMENTS.get(kind, lambda: kind("0 units", PLACE))()
    error.matter = f"dense_1: {error.matter}"  # as whoever knows the layer does
    error.place = PLACE
    if isinstance(error, sp.LayerError):
        error.argument = 2
    error.add_note("while an exam was made")
    return error


def raised(kind: type[SymparamsError]) -> None:
    raise made(kind)


def test_errors_arrive_from_another_process(pool: ProcessPoolExecutor) -> None:
    kinds = list(family(SymparamsError))
    assert {sp.LayerError, sp.LimitError, errors.RangeError, OddError} <= set(kinds)
    for kind in kinds:
        error = pool.submit(raised, kind).exception(timeout=60)
        assert type(error) is kind
        assert str(error) == str(made(kind))
        assert vars(error) == vars(made(kind))
        assert error == made(kind)
        assert hash(error) == hash(made(kind))
        assert error != SymparamsError("another", PLACE)
        assert str(sent(error)) == str(error)


def parsed(text: str) -> Any:
    return sp.parse(text)


def test_an_error_of_the_language_arrives_with_its_place(pool: ProcessPoolExecutor) -> None:
    text = "range k in 3, 5\ninput(28, 28, 1) -> conv(8, k)"
    there = pool.submit(parsed, text.replace("k)", "k) -> dens(3)")).exception(timeout=60)
    with pytest.raises(SymparamsError) as here:
        parsed(text.replace("k)", "k) -> dens(3)"))
    assert there == here.value
    assert str(there) == str(here.value)
    assert str(there).endswith("^")


# ---------------------------------------------------------------- derivations


def distinct_layers(every: bool) -> Iterator[tuple[sp.Net, sp.LayerInfo]]:
    """Of each kind in the examples the first layer, with letters and without; with `every` of each rule."""
    seen = set()
    for path in sorted(EXAMPLES.glob("*.arch")):
        net = sp.load(path)
        for layer in net:
            node = layer._node
            rule = (shown(node.derived.rules.parameters, PLAIN), len(node.shape)) if every else ()
            key = node.kind, isinstance(layer.params, int), bool(node.repeats), rule
            if key not in seen:
                seen.add(key)
                yield net, layer


def of_quantity(layer: sp.LayerInfo, quantity: str) -> tuple[sp.Derivation, ...]:
    found = [layer.derivation(quantity, part=part) for part in (PARTS if quantity == "field" else ("",))]
    return tuple(d for one in found for d in (one if isinstance(one, tuple) else (one,)))


@pytest.mark.slow
@pytest.mark.parametrize("every", [False, True])
def test_every_step_is_an_expression_that_equals_the_next(every: bool) -> None:
    checked = 0
    for net, layer in distinct_layers(every):
        letters = {letter(name): value for name, value in letters_for(net._network, LETTERS).items()}
        for derivation in (d for quantity in QUANTITIES for d in of_quantity(layer, quantity)):
            values = [step.sympy().subs(derivation.values).subs(letters).doit() for step in derivation.steps]
            assert len(set(values)) == 1, (net.title, layer.name, derivation)
            assert derivation.result.sympy() == derivation.value
            assert derivation.substitution.sympy().subs(derivation.values).subs(letters).doit() == values[0]
            checked += len(values)
    assert checked > (2000 if every else 800)


def test_a_derivation_gives_what_its_quantity_is() -> None:
    net = sp.load(EXAMPLES / "lenet5-letters.arch")
    for layer in net:
        for quantity in QUANTITIES:
            found = layer.derivation(quantity)
            sizes = layer.quantity(quantity)
            if isinstance(found, tuple):
                assert tuple(d.value for d in found) == (sizes or ())
                assert all(d.axis for d in found)
            else:
                assert found.value == sizes
                assert found.axis == ""


def test_a_derivation_reads_as_it_is_written() -> None:
    net = sp.parse("input(28, 28, 1) -> conv(F, 3, relu) -> maxpool(2)")
    derivation = net["conv_1"].derivation()
    assert str(derivation) == "(k_h·k_w·C_in + 1)·C_out\n= (3·3·1 + 1)·F\n= (9 + 1)·F\n= 10F"
    assert [step.kind for step in derivation.steps] == ["rule", "substitution", "arithmetic", "result"]
    assert derivation.rule.latex() == r"(k_h \cdot k_w \cdot C_{\mathrm{in}} + 1) \cdot C_{\mathrm{out}}"
    assert derivation.substitution.text() == "(3·3·1 + 1)·F"
    assert derivation.latex().startswith("\\begin{aligned}\n& (k_h")
    F = net.symbols["F"]
    assert derivation.result.sympy() == 10 * F
    one, many = derivation.substitution.sympy().args
    assert many == F
    assert one.args[0].args == (3, 3, 1)  # not computed
    assert {str(name): value for name, value in derivation.values.items()} == {
        "k_h": 3,
        "k_w": 3,
        "C_in": 1,
        "C_out": F,
    }
    assert derivation.meanings["k_h"] == "kernel height"
    filter_ = "a filter is a 3 × 3 kernel, since there is only one input channel"
    assert derivation.because == f"{filter_}; its products are summed to one value, and a bias is added"
    assert repr(derivation) == "<Derivation: parameters of conv_1 = 10F>"
    assert repr(derivation.rule) == "<Step rule: (k_h·k_w·C_in + 1)·C_out>"
    assert derivation._repr_latex_() == f"$\\displaystyle {derivation.latex()}$"


def test_values_are_put_in_in_any_order() -> None:
    network = sp.parse("convention torch input(2, 7, 7) -> fractionalmaxpool(2, ratio=0.5)")
    (_, height, _) = network.layers[-1].derivation("shape")
    names = {str(name): name for name in height.values}
    for first, second in (("r", "H_in"), ("H_in", "r")):  # of a letter that is taken to be whole no floor would be left
        expression = height.rule.sympy().subs(names[first], height.values[names[first]])
        assert expression.subs(names[second], height.values[names[second]]) == 3


def test_what_has_no_derivation_says_so() -> None:
    net = sp.parse("input(28, 28, 1) -> relu -> flatten -> dense(10)")
    assert str(net["relu_1"].derivation("params")) == "0"
    assert [str(d) for d in net["relu_1"].derivation("field")] == ["1", "1"]
    assert net["dense_1"].derivation("field") == ()
    assert net["dense_1"].quantity("field") is None
    assert net["relu_1"].quantity("field") == net.receptive_field("relu_1") == (1, 1)
    layer = net["dense_1"]
    asked: list[tuple[Callable[[], Any], str]] = [
        (lambda: layer.derivation("parms"), "there is no quantity `parms`; did you mean `params`?"),
        (
            lambda: layer.derivation("field", part="end"),
            "a receptive field has no part `end`; the choices are size, jump and",
        ),
        (
            lambda: layer.quantity("kernel"),
            "there is no quantity `kernel`; the choices are shape, params, weights, biases",
        ),
        (lambda: net.quantity("field"), "field does not add up over the layers; name a layer, or ask for params, "),
        (lambda: layer.derivation("memory", dtype="int9"), "there is no type `int9`; the choices are float64, float32"),
    ]
    for call, message in asked:
        with pytest.raises(SymparamsError) as error:
            call()
        assert str(error.value).startswith(message)


# ---------------------------------------------------------------- by content

TEXT = """
convention torch
range F in 8..64
where H % 4 == 0, H >= 16
input(3, H, H) -> [conv(F, 3, padding=1) -> bn -> relu] * 2 -> maxpool(2) -> flatten -> dense(10)
"""
CLASSES = "input(28, 28, 1) -> conv(F, 3, relu) -> maxpool(2) -> flatten -> dense(10)"


def results(net: sp.Net) -> dict[str, Any]:
    """One of everything that a network gives in Python."""
    numeric = net.subs(H=16)
    other = sp.parse("input(3, 16, 16) -> flatten -> dense(F)")
    found = {
        "network": net,
        "layer": net["conv_1"],
        "layers": net.layers,
        "ranges": net.ranges["F"],
        "solution": net.solve("lesson", layers=["conv_2"], quantities=["params", "memory"], optimizer="adam"),
        "comparison": sp.compare(numeric, other),
        "comparison with values": sp.compare(numeric, other, "memory", F=10),
        "finding": numeric.find("F", params=14298),
        "budget": net.find("F", "H", target="params <= 10^6"),
        "derivation": net["conv_1"].derivation(),
        "shape": net["maxpool_1"].derivation("shape"),
        "field": net["maxpool_1"].derivation("field", part="jump"),
        "diagnosis": net.diagnose("(3*3+1)*F", "conv_1"),
        "right": net.diagnose("28*F", "conv_1"),
        "size": net.diagnose((8, 16, 16), "conv_2", "shape"),
        "total": numeric.diagnose("20*F"),
        "wrong total": sp.parse("input(28, 28, 1) -> conv(8, 3) -> flatten -> dense(10)").diagnose(80 + 5408 * 10),
        "expression": net["conv_2"].params,
    }
    found |= {f"step {step.kind}": step for step in net["conv_1"].derivation("macs").steps}
    return found


@pytest.fixture(scope="module")
def net() -> sp.Net:
    return sp.parse(TEXT)


NAMES = tuple(results(sp.parse(TEXT)))


@pytest.fixture(scope="module")
def once(net: sp.Net) -> dict[str, Any]:
    return results(net)


@pytest.fixture(scope="module")
def again() -> dict[str, Any]:
    return results(sp.parse(TEXT.replace(" -> ", "\n  -> ")))  # equal content in another text


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_equal_and_hashed_by_content(name: str, once: dict[str, Any], again: dict[str, Any]) -> None:
    assert once[name] is not again[name] or name == "expression"
    assert once[name] == again[name]
    assert hash(once[name]) == hash(again[name])
    assert len({once[name], again[name]}) == 1
    assert [other for other in NAMES if once[other] == again[name]] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_everything_comes_back_from_a_pickle(name: str, once: dict[str, Any]) -> None:
    value = once[name]
    back = sent(value)
    assert back == value
    assert hash(back) == hash(value)
    assert repr(back) == repr(value)
    assert str(back) == str(value)
    for show in ("to_markdown", "to_latex", "to_json", "summary"):
        if hasattr(value, show):
            assert getattr(back, show)() == getattr(value, show)()
    assert back == value  # after documents have been written of both
    assert sent(back) == value


@pytest.mark.parametrize("name", ["exam-cnn", "llama", "seq2seq", "unet", "wavenet"])
def test_networks_and_their_layers_come_back(name: str) -> None:
    net = sp.load(EXAMPLES / f"{name}.arch")
    back = sent(net)
    assert back == net == sp.parse(net.text)
    assert {back: 1}[net] == 1
    assert back.layers == net.layers
    assert [layer.params for layer in back] == [layer.params for layer in net]
    assert back._network.conditions == net._network.conditions
    assert hash(back._network.conditions) == hash(net._network.conditions)
    assert back.summary() == net.summary()


def test_networks_differ_by_their_values_and_their_catalogue(net: sp.Net) -> None:
    assert net.subs(H=16) == net.subs(H=16)
    assert len({net, net.subs(H=16), net.subs(H=20)}) == 3
    assert net.subs(H=16)["conv_1"] != net.subs(H=20)["conv_1"]
    assert net["conv_1"] != net["conv_2"]
    own = sp.parse(TEXT, catalogue=dict(sp.CATALOGUE) | {"twice": sp.CATALOGUE["dense"]})
    assert own != net
    assert sent(own) == own
    with pytest.raises(FrozenInstanceError):
        net._source = Source("other", "")  # type: ignore[misc]


def test_everything_arrives_from_another_process(once: dict[str, Any], pool: ProcessPoolExecutor) -> None:
    there = pool.submit(results, once["network"]).result(timeout=120)
    assert there == once
    assert [hash(there[name]) for name in NAMES] == [hash(value) for value in once.values()]
    error = pool.submit(results, sp.parse("input(3) -> dense(4)")).exception(timeout=60)
    assert isinstance(error, SymparamsError)
    assert str(error) == "there is no symbol `H` to set; the network has no letters"


# ---------------------------------------------------------------- exams and marks


@pytest.fixture(scope="module")
def small() -> sp.Net:
    return sp.parse("range F in 8..64 step 8\ninput(28, 28, 3) -> conv(F, 3) -> maxpool(2) -> flatten -> dense(10)")


def test_an_exam_is_what_the_command_prints(small: sp.Net, tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(small.text, "utf-8")
    options = ["--questions", "7", "--variants", "2", "--seed", "3", "--kinds", "params,shape:choice,memory", "--level"]
    options += ["1..3", "--fade", "0", "--stress", "1", "--dtype", "int8", "--title", "A test", "--digits", "space"]
    status, printed, said = run("exam", tmp_path / "net.arch", *options, "--format", "json")
    assert (status, said) == (0, "")
    made = sp.exam(
        sp.load(tmp_path / "net.arch"),
        questions=7,
        variants=2,
        seed=3,
        kinds=["params", "shape:choice", "memory"],
        level=(1, 3),
        fade=0,
        stress=1,
        dtype="int8",
        title="A test",
        digits="space",
    )
    assert made.to_json() == printed
    assert repr(made) == "<Exam 'A test': 14 questions>"
    for suffix, format_ in (("json", "json"), ("xml", "moodle"), ("gift", "gift")):
        made.write(tmp_path / f"python.{suffix}", format_)
        path = tmp_path / f"command.{suffix}"
        assert run("exam", tmp_path / "net.arch", *options, "--format", format_, "-o", path)[0] == 0
        assert (tmp_path / f"python.{suffix}").read_bytes() == path.read_bytes()


def test_questions_are_records(small: sp.Net) -> None:
    made = sp.exam(small, questions=6, kinds="params,shape:choice", variants=2)
    assert [(q.number, q.variant) for q in made.questions] == [(n, v) for n in range(1, 7) for v in (1, 2)]
    bank = json.loads(made.to_json())["questions"]
    first = made.questions[0]
    assert (first.kind, first.type, first.identity, first.name) == (
        "params",
        "number",
        bank[0]["identity"],
        bank[0]["name"],
    )
    assert (first.points, first.difficulty) == (Fraction(bank[0]["points"]), bank[0]["difficulty"])
    assert first.prompt == bank[0]["stem"]
    assert first.solution == bank[0]["solution"]
    assert (first.key, first.value, first.options) == (bank[0]["answer"], int(bank[0]["answer"]), ())
    wrong = {one.mistake: one for one in first.wrong_answers}["biases left out"]
    assert wrong.credit == Fraction(1, 2)
    assert "left out the biases" in wrong.feedback
    choice = next(q for q in made.questions if q.type == "choice")
    assert choice.key in choice.options
    assert {one.answer for one in choice.wrong_answers} == {*choice.options} - {choice.key}
    assert repr(first) == f"<Question 1: {first.name}, number>"
    again = sp.exam(sp.parse(small.text), questions=6, kinds=["params", "shape:choice"], variants=2)
    for one, other in ((made, again), (first, again.questions[0]), (made, sent(made)), (choice, sent(choice))):
        assert one == other
        assert hash(one) == hash(other)
    assert made != sp.exam(small, questions=6, kinds="params,shape:choice", variants=2, seed=1)
    assert sent(made).questions == made.questions


def test_an_exam_is_marked_however_it_is_given(small: sp.Net, tmp_path: Path) -> None:
    made = sp.exam(small, questions=4, kinds=["params:number", "shape:shape"])
    made.write(tmp_path / "bank.json", "json")
    wrong = made.questions[0].wrong_answers[0]
    tuples: list[Any] = [("Ada", q.number, q.key if q.value is None else q.value) for q in made.questions]
    shape = next(q for q in made.questions if q.type == "shape")
    tuples[shape.number - 1] = ("Ada", shape.identity, tuple(map(int, shape.key.split("x"))))
    tuples += [("Bob", 1, wrong.answer), ("Bob", 2, None)]
    wide = {str(q.number): q.key for q in made.questions}
    dicts = [{"student": "Ada", **wide}, {"student": "Bob", "1": wrong.answer}]
    text = "student,1,2,3,4\nAda," + ",".join(wide.values()) + f"\nBob,{wrong.answer},,,\n"
    (tmp_path / "answers.csv").write_text(text, "utf-8")
    banks = (made, tmp_path / "bank.json", str(tmp_path / "bank.json"), json.loads(made.to_json()))
    tables = (tuples, dicts, text, tmp_path / "answers.csv", str(tmp_path / "answers.csv"))
    for bank, table in [(bank, text) for bank in banks] + [(made, table) for table in tables]:
        marks = sp.grade(bank, table)
        ada, bob = marks.students
        assert [ada.name, bob.name] == ["Ada", "Bob"]
        assert ada.share == 1
        assert bob.points == wrong.credit * made.questions[0].points
        assert [(t.misconception, t.count, t.questions) for t in marks.tally] == [(wrong.mistake, 1, (1,))]
    assert sp.grade(made, text) == sp.grade(made, text)
    assert hash(sp.grade(made, text)) == hash(sp.grade(made, text))
    assert sent(marks) == marks
    assert sent(marks).to_json() == marks.to_json()


def test_an_answer_that_cannot_be_written_stops_nobody(small: sp.Net) -> None:
    made = sp.exam(small, questions=2, kinds="params:number")
    huge = [10**5000, Fraction(1, 10**5000), small.symbols["F"] * 10**5000]
    marks = sp.grade(
        made, [*((f"A{at}", 1, value) for at, value in enumerate(huge)), ("Bob", 1, made.questions[0].value)]
    )
    *unread, (right, empty) = [student.answers for student in marks.students]
    assert [answers[0].mark.outcome for answers in unread] == ["unread"] * 3
    assert (right.mark.outcome, empty.mark.outcome) == ("right", "empty")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kinds": "parms"}, "there is no kind of question `parms`; did you mean `params`?"),
        ({"kinds": []}, "no kind of question is named; the choices are params, shape"),
        ({"questions": 0}, "questions: a number from 1 to 1,000,000 is expected, not 0"),
        ({"questions": "ten"}, "questions: a number from 1 to 1,000,000 is expected, not ten"),
        ({"level": "2..x"}, "a level is a number from 1 to 5, or two of them as 2..4, not 2..x"),
        ({"level": (4, 2)}, "a level is a number from 1 to 5, or two of them as 2..4, not 4..2"),
        ({"level": 9}, "a level is a number from 1 to 5, or two of them as 2..4, not 9"),
        ({"seed": -1}, "seed: a number from 0 to 9,223,372,036,854,775,807 is expected, not -1"),
        ({"fade": 21}, "fade: a number from 0 to 20 is expected, not 21"),
        ({"stress": -1}, "stress: a number at least 0 is expected, not -1"),
        ({"dtype": "int9"}, "there is no type `int9`; the choices are float64"),
        ({"digits": "dot"}, "there is no mark between thousands called `dot`; the choices are comma, space and none"),
    ],
)
def test_what_is_no_exam(small: sp.Net, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SymparamsError) as error:
        sp.exam(small, **options)
    assert str(error.value).startswith(message)


def test_what_is_no_table_of_answers(small: sp.Net) -> None:
    made = sp.exam(small, questions=2)
    each = "; each is (student, question, answer), or a dict with columns"
    tables: list[tuple[list[Any], str]] = [
        (["Ada"], f"the answers: entry 1 is Ada{each}"),
        ([("Ada", 1, 2), ("Ada", 2)], f"the answers: entry 2 is ('Ada', 2){each}"),
        ([], "the answers: there are no answers below the first line"),
        ([("Ada", 77, 2)], "the answers:2: there is no question `77` in Exam; there are 1 to 2, or their identities"),
    ]
    for answers, message in tables:
        with pytest.raises(SymparamsError) as error:
            sp.grade(made, answers)
        assert str(error.value) == message
    with pytest.raises(SymparamsError, match="an exam needs a network"):
        sp.exam()


@dataclass(frozen=True, slots=True)
class Scale(Layer):
    """Multiplies each channel by a number: C_in parameters."""

    names = ("scale",)
    title = "Scale"
    example = "input(3) -> scale"

    def rules(self, *arriving: Incoming) -> Rules:
        (x,) = arriving
        return Rules(
            output=x.kept(),
            tensors=(tensor(x.convention, "scale", outputs=(x.C_in(),)),),
            because="each channel has one factor",
            shape_because="the shape stays",
            channels_are=None,
        )


def test_a_layer_of_ones_own_is_asked_about() -> None:
    catalogue = {**sp.CATALOGUE, **sp.entries(Scale)}
    net = sp.parse("range F in 8..64\ninput(F) -> scale -> dense(3)", catalogue=catalogue)
    made = sp.exam(net, questions=1, kinds="total", stress=2)
    assert "Scale" in made.to_markdown()
    assert sent(net) == net != sp.parse(net.text.replace("scale", "relu"))
    assert sent(net).subs(F=9).params == 9 + 30
    assert sent(made).to_json() == made.to_json()
