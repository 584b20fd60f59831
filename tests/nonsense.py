"""What the program finds out, told without any sentence of its own; also where its sentences are nonsense.

    python -m tests.nonsense SHARE [DOOR]...

A door is where sentences of one kind come in: each that comes through it is replaced by made-up words. What is printed
must not depend on them. SHARE is 1 for everything, 4 for a fourth of the networks.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from hashlib import blake2b
from itertools import islice
from typing import Any

from symparams.algebra.formula import Formula, Symbol, Value
from symparams.algebra.notation import shown
from symparams.algebra.notations import SOURCE
from symparams.api import parse
from symparams.documents.rendering import STYLES
from symparams.errors import Source, SymparamsError
from symparams.exam_questions import exam
from symparams.exams.course import Course
from symparams.exams.examination import Examination, Wanted
from symparams.exams.kinds import KINDS
from symparams.exams.question import Content, Question, Wrong
from symparams.layers import CATALOGUE
from symparams.misconceptions.families import CATALOGUE as MISCONCEPTIONS
from symparams.misconceptions.shapes import OF_SHAPES
from symparams.misconceptions.task import ASKED
from symparams.misconceptions.totals import OF_LAYERS
from symparams.model.arguments import arguments_of
from symparams.model.layer import Layer, Rules
from symparams.model.network import Network, Node
from symparams.model.sentence import Sentence
from symparams.model.tensor import TensorAxis
from symparams.model.work import Work
from symparams.quantities.field import fields as receptive_fields
from symparams.quantities.layer_quantities import QUANTITIES
from symparams.quantities.quantity import QUANTITY_RULES, of_network
from symparams.quantities.settings import Settings
from symparams.quantities.tensor_counts import count_tensors
from symparams.questions.diagnosis import Diagnostician
from symparams.sources.language import network
from tests.exams.samples import EXAMPLE_TEXTS, TEXTS
from tests.test_messages import CASES

LAYERS: list[type[Layer]] = list(dict.fromkeys(entry.layer for entry in CATALOGUE.values()))
_WORD = re.compile("`[^`]*`|{[^}]*}|[^\\W\\d_]+")
_MADE = re.compile("zq[a-z]{6}", re.IGNORECASE)


class Nonsense:
    """Says nothing in as many words; always the same for the same sentence."""

    def __init__(self) -> None:
        self.sentences: set[str] = set()  # that were replaced

    def __call__(self, text: Any) -> Any:
        if isinstance(text, tuple):
            return tuple(map(self, text))
        if isinstance(text, Sentence):
            return replace(text, text=self(text.text), general=text.general and self(text.general))
        self.sentences.add(text)
        return _WORD.sub(lambda found: self._word(found[0], text), text)

    def _word(self, word: str, text: str) -> str:
        """A made-up word; an expression between backquotes stays, and so does what is made up already."""
        if word[0] in "`{" or _MADE.fullmatch(word):
            return word
        digest = blake2b(f"{text}/{word}".encode(), digest_size=6).digest()
        return "zq" + "".join(chr(ord("a") + byte % 26) for byte in digest)


# ---------------------------------------------------------------- the doors


def _through(made: type[Any], say: Nonsense, *names: str) -> None:
    """Make nonsense of some fields of a record whenever one is made."""
    is_tuple = issubclass(made, tuple)
    make: Callable[..., Any] = getattr(made, "__new__" if is_tuple else "__init__")
    order = getattr(made, "_fields", None) or [f.name for f in fields(made)]

    def replaced(self: object, *given: Any, **named: Any) -> Any:
        values = dict(zip(order, given, strict=False)) | named
        said = {name: v() if callable(v) and name in names else v for name, v in values.items()}
        return make(self, **{name: say(v) if name in names and v else v for name, v in said.items()})

    setattr(made, "__new__" if is_tuple else "__init__", replaced)


def _replace(record: object, say: Nonsense, *names: str) -> None:
    """Make nonsense of some fields of a record that has been made already."""
    for name in names:
        object.__setattr__(record, name, say(getattr(record, name)))


def _symbols(say: Nonsense) -> None:
    make = Symbol.__new__

    def made(cls: type[Symbol], name: str, value: Any = None, meaning: str = "", incoming: bool = False) -> Symbol:
        return make(cls, name, value, say(meaning), incoming)

    Symbol.__new__ = made  # type: ignore[method-assign]


def _rules(say: Nonsense) -> None:
    _through(Rules, say, "because", "shape_because", "differs", "ignores")  # what channels are is a name
    _through(Work, say, "because")
    _through(TensorAxis, say, "word")


def _layers(say: Nonsense) -> None:
    for layer in LAYERS:
        layer.title, layer.__doc__ = say(layer.title), say(layer.__doc__ or "")
        for argument in arguments_of(layer):
            _replace(argument, say, "meaning")
            _replace(argument.kind, say, "expects")


def _misconceptions(say: Nonsense) -> None:
    for misconception in (*MISCONCEPTIONS.values(), *OF_SHAPES, *OF_LAYERS):
        _replace(misconception, say, "explanation", "repair", "claim", "source")


def _errors(say: Nonsense) -> None:
    init = SymparamsError.__init__

    def replaced(self: SymparamsError, matter: str, *where: Any, **more: Any) -> None:
        init(self, say(matter), *where, **more)

    SymparamsError.__init__ = replaced  # type: ignore[method-assign]


def _quantities(say: Nonsense) -> None:
    for quantity in QUANTITY_RULES.values():
        _replace(quantity, say, "title", "left", "unit")
        for name in ("because", "convention"):
            rule = getattr(quantity, name)
            object.__setattr__(quantity, name, lambda *of, said=rule: say(said(*of)))


def _exams(say: Nonsense) -> None:
    for kind in KINDS.values():
        _replace(kind, say, "title")
    make = Wrong.__new__

    def made(cls: type[Wrong], *given: Any, remark: str = "", **more: Any) -> Wrong:
        return make(cls, *given, **more, remark=say(remark))  # type: ignore[misc]

    Wrong.__new__ = made  # type: ignore[method-assign,assignment]


DOORS: dict[str, Callable[[Nonsense], None]] = {
    "symbols": _symbols,
    "rules": _rules,
    "layers": _layers,
    "misconceptions": _misconceptions,
    "errors": _errors,
    "quantities": _quantities,
    "exams": _exams,
}

# ---------------------------------------------------------------- what is found out


def _plain(values: Iterable[Value]) -> str:
    return " x ".join(shown(value, SOURCE) for value in values)


def _digits(text: str) -> list[str]:
    """The numbers in a text."""
    return re.findall("[0-9]+", text)


TEXTS_OF_LAYERS = [
    (f"{layer.names[0]} {convention}", f"convention {convention}\n{layer.example}")
    for layer in LAYERS
    for convention in ("keras", "torch")
    if "convention" not in layer.example
]
_SETTINGS = Settings(), Settings("bfloat16", "adam", "every-operation")


def _networks(texts: Iterable[tuple[str, str]], share: int) -> Iterator[tuple[str, Network]]:
    for name, text in islice(texts, 0, None, share):
        try:
            yield name, network(Source(name, text))
        except SymparamsError as error:  # of a layer that a framework does not have
            print(name, type(error).__name__, error.place and error.place.offset)


def numbers(share: int) -> None:
    """All quantities of all layers' examples in both conventions and of all networks in the folder of examples."""
    for name, built in _networks((*TEXTS_OF_LAYERS, *EXAMPLE_TEXTS.items()), share):
        for node in built.nodes:
            print(name, node.name, *_of_layer(node))
        for quantity in QUANTITY_RULES.values():
            print(name, quantity.name, *(_plain([of_network(quantity, built, s)]) for s in _SETTINGS))
        for state in receptive_fields(built):
            each = state if isinstance(state, str) else [_plain([f.size, f.jump, f.offset]) for f in state]
            print(name, "field", each)
        print(name, "if", *(f"{_plain([c.left])} {c.relation} {_plain([c.right])}" for c in built.conditions))


def _of_layer(node: Node) -> Iterator[object]:
    derived, counts = node.derived, node.counts
    yield _plain(node.shape)
    yield _plain(getattr(counts, f.name) for f in fields(counts))
    yield [(axis.name, _plain([axis.size])) for axis in derived.rules.output]
    yield _plain([derived.rules.parameters])
    yield [(t.name, _plain(t.sizes), t.stored.name, _plain(t.stored.shape)) for t in derived.rules.tensors]
    yield [
        (t.name, t.kind, t.inputs is None or _plain([t.inputs]), _plain([t.value, t.each_value]))
        for t in count_tensors(derived.rules, derived.facts)
    ]
    yield _plain(getattr(derived.work, f.name) for f in fields(Work) if f.name != "because")


def refusals(share: int) -> None:
    """What is wrong with networks, without the messages: which kind of error it is, and where."""
    for case in islice(CASES, 0, None, -(-share // 4)):
        try:
            network(Source(case["title"], case["text"]))
        except SymparamsError as error:
            print(case["title"], type(error).__name__, error.place and (error.place.offset, error.place.until))


def documents(share: int) -> None:
    """The numbers in the solutions of all layers' examples in all styles."""
    for name, text in islice(TEXTS_OF_LAYERS, 0, None, 2 * share):
        with suppress(SymparamsError):
            built = parse(text)
            for style in STYLES:
                print(name, style, *_digits(built.solve(style, quantities=QUANTITIES).to_text()))


def mistakes(share: int) -> None:
    """The mistakes that can be made in each layer, and those that are named for the answers that they give."""
    for name, built in _networks(TEXTS_OF_LAYERS, share):
        diagnostician, layer = Diagnostician(built), built.nodes[-1].name
        for quantity in ASKED:
            try:
                task = diagnostician.task(layer, quantity)
                singles = diagnostician.mistakes.singles(task)
            except SymparamsError as error:  # of a receptive field that has no size
                print(name, quantity, type(error).__name__)
                continue
            answers: dict[str, tuple[Formula, ...]] = {}
            for mistake in singles:
                print(name, quantity, mistake.made[0].name, _plain(mistake.rules))
                answers.setdefault(_plain(d.value for d in task.derivations(mistake.rules)), mistake.rules)
            for answer, rules in islice(answers.items(), 4):
                found = diagnostician.of_layer(layer, quantity, rules)
                named = [[made.name for made in match.made] for match in found.matches]
                print(name, quantity, answer, found.correct, named, found.apart and found.apart.layer)


def questions(share: int) -> None:
    """Questions of every kind on some networks: what is asked, answers and options in their order."""
    for name in ("images", "torch", "sequences", "letters"):
        many = None if name == "letters" else 60 // share  # it has only a few
        wanted = Wanted(many, seed=7, kinds=tuple(KINDS))
        examination = Examination([Course(Source(name, TEXTS[name]))], wanted)
        for plan in examination.plans:
            print(name, *plan.words, plan.local, plan.difficulty)
        for i, question in enumerate(examination.questions()):
            print(name, i, *_asked(question))
        for written in exam(parse(TEXTS[name]), questions=many).questions:
            print(name, written.kind, written.key, *map(_digits, (written.prompt, written.solution)))
            print(name, *((w.mistake, w.answer, *_digits(w.feedback)) for w in written.wrong_answers))


def _asked(q: Question) -> Iterator[object]:
    yield from (q.kind, q.answer_type, q.quantity, q.node and q.node.name, sorted(q.point.items()), q.identity)
    yield from (q.difficulty, q.local, q.axes, q.letters, q.points, _content(q.key))
    yield [_content(option.content) for option in q.options]
    for wrong in (*q.mistakes, *(option.wrong for option in q.options if option.wrong is not None)):
        yield _content(wrong.content), str(wrong.credit), wrong.carried, wrong.layers, [m.name for m in wrong.made]


def _content(content: Content) -> str:
    return content if isinstance(content, str) else _plain(content)


def main(share: int, doors: Sequence[str]) -> None:
    said = {door: Nonsense() for door in doors}
    for door, say in said.items():
        DOORS[door](say)
    for find in (numbers, refusals, documents, mistakes, questions):
        find(share)
    silent = [door for door, say in said.items() if len(say.sentences) < 5]
    sys.exit(f"no sentence came through {silent}" if silent else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
