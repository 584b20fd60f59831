"""A PrairieLearn course, or a part of one: a folder for each question."""

from __future__ import annotations

import html
import json
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from math import lcm
from pathlib import Path
from typing import Any

from symparams.documents.written_question import BankInfo, WrittenMistake, WrittenOption, WrittenQuestion
from symparams.exports import prairielearn_server
from symparams.exports.export import FolderExport, Item, Items
from symparams.exports.paragraphs import inline
from symparams.exports.pictures import stem_in_files
from symparams.exports.points import title

_NAMES = uuid.UUID("f1b1d0f3-2f5b-5f4c-9a39-3a5f3a0e7c11")  # what the identities of questions are names in
_TOPIC = "Neural networks"
_INSTANCE = "courseInstances/practice"
_MARKING = "answers.json"  # of questions whose answers are typed: what server.py beside it knows
_CLIENTS = "clientFilesQuestion"  # the folder of a question with files that a browser asks for
_MARK = "symparams:client-files"  # where the address of that folder belongs, until all else is without meaning
_SHAPE = re.compile(r"[0-9.]+(x[0-9.]+)*")  # that server.py can read


class PrairieLearn(FolderExport):
    """Questions with a server.py that marks what is typed: the key, each known mistake, and nothing else."""

    name = "prairielearn"
    markup = "html"
    pictures = True
    formulas = True
    follows = True

    questions = "questions"

    def item(self, asked: WrittenQuestion) -> Item:
        asked, pictures = stem_in_files(asked, _address)
        drawn = {f"{_CLIENTS}/{picture.name}": picture.svg.decode("utf-8") for picture in pictures}
        about = {"info.json": _written(_info(asked)), **drawn}
        if asked.options:
            files = {**about, "question.html": _choice_page(asked)}
        else:
            fields = _fields(asked)
            marking = _written({"fields": [field.marking for field in fields]})
            files = {**about, "question.html": _typed_page(asked, fields), _MARKING: marking}
        return [asked.identity, asked.number, _plain(asked.points), files]

    def write(self, path: Path, bank: BankInfo, items: Items) -> None:
        server = Path(prairielearn_server.__file__).read_text("utf-8")
        listed: dict[int, list[Mapping[str, Any]]] = {}
        for identity, number, points, files in items:
            listed.setdefault(number, []).append({"id": identity, "points": points})
            more = {"server.py": server} if _MARKING in files else {}
            _put(path / self.questions / identity, files | more)
        named = bank.title or _TOPIC
        course = {
            "name": named,
            "title": named,
            "topics": [{"name": _TOPIC, "color": "blue3", "description": "Shapes, parameters and other quantities."}],
            "tags": [],
        }
        assessment = {
            "uuid": _uuid(f"assessment {bank.title}"),
            "type": "Homework",
            "title": named,
            "set": "Homework",
            "number": "1",
            "zones": [{"questions": _drawn(listed.values()) if bank.has_groups else [*chain(*listed.values())]}],
        }
        instance = {"uuid": _uuid("instance"), "longName": "Practice"}
        _put(path, {"infoCourse.json": _written(course), f"{_INSTANCE}/infoCourseInstance.json": _written(instance)})
        _put(path, {self.listing(bank): _written(assessment)})

    def listing(self, bank: BankInfo) -> str:
        slug = re.sub("[^a-z0-9]+", "-", bank.title.lower()).strip("-") or "questions"
        return f"{_INSTANCE}/assessments/{slug[:60]}/infoAssessment.json"


def _address(name: str) -> str:
    return f"{_MARK}/{name}"


def _drawn(groups: Iterable[Sequence[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Of each group of variants one for every student."""
    return [{"numberChoose": 1, "alternatives": [*variants]} for variants in groups]


def _put(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files into a folder, by their names."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8", "replace", "\n")


def _info(asked: WrittenQuestion) -> Mapping[str, Any]:
    return {
        "uuid": _uuid(asked.identity),
        "title": title(asked) or asked.identity,
        "topic": _TOPIC,
        "tags": list(dict.fromkeys(asked.tags)),
        "type": "v3",
        "singleVariant": True,
    }


def _uuid(name: str) -> str:
    return str(uuid.uuid5(_NAMES, name))


def _written(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


# Typed answers


@dataclass(frozen=True, slots=True)
class _Field:
    """A place to type an answer in."""

    marking: Mapping[str, Any]  # what server.py knows of it
    label: str  # what stands before it, without markup
    key: str  # what the answer panel shows
    hint: str  # what stands in it as long as it is empty

    @property
    def element(self) -> str:
        whole = self.marking["kind"] == "integer"
        tag = "pl-integer-input" if whole else "pl-string-input"
        attributes = {
            "answers-name": self.marking["name"],
            "correct-answer": self.marking["right"] if whole else self.key,
            "label": html.escape(self.label),  # a label is HTML, the other attributes are text
            "placeholder": self.hint,
            "display": "block",
            "show-help-text": "false",  # it would say that formulas are read as mere text
        }
        return f"<{tag} {_attributes(attributes)}></{tag}>"


def _fields(asked: WrittenQuestion) -> list[_Field]:
    if not asked.blanks:
        return [_field("answer", "Answer:", asked, asked.answer, asked.value, 1, asked.mistakes)]
    unit = lcm(*(blank.points.denominator for blank in asked.blanks))
    worth = [int(blank.points * unit) for blank in asked.blanks]
    fields = [
        _field(
            f"blank_{index + 1}",
            blank.mark,
            asked,
            blank.answer,
            blank.value,
            worth[index] if any(worth) else 1,
            asked.mistakes_at(blank),
        )
        for index, blank in enumerate(asked.blanks)
    ]
    if any(blank.follows for blank in asked.blanks):
        return [replace(field, marking=_following(asked, at, field.marking)) for at, field in enumerate(fields)]
    return fields


def _following(asked: WrittenQuestion, at: int, marking: Mapping[str, Any]) -> Mapping[str, Any]:
    """What server.py knows of a part besides: the answers to earlier parts, and what follows from them."""
    blank = asked.blanks[at]
    known = {mistake.answer: mistake.follows for mistake in blank.mistakes}
    return {
        **marking,
        "letter": blank.mark.strip("()"),
        "before": {earlier.mark.strip("()"): str(Fraction(earlier.value)) for earlier in asked.blanks[:at]},
        "follows": blank.follows,
        "told": [str(Fraction(number)) for number in blank.told],
        "mistakes": [{**mistake, "follows": known[mistake["answer"]]} for mistake in marking["mistakes"]],
    }


def _field(
    name: str,
    label: str,
    asked: WrittenQuestion,
    answer: str,
    value: int | Fraction | None,
    weight: int,
    mistakes: Sequence[WrittenMistake],
) -> _Field:
    kind = _kind(asked, value, mistakes)
    right = _found(kind, answer, value, asked.values)
    readable = [m for m in mistakes if kind != "shape" or _SHAPE.fullmatch(m.answer)]
    known = [(_found(kind, mistake.answer, mistake.value, mistake.values), mistake) for mistake in readable]
    marking: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "weight": weight,
        "right": right,
        "typed": answer,
        "wrong": known[0][1].answer if known else _other(kind, right, answer),
        "mistakes": [
            {
                "found": reading,
                "answer": mistake.answer,
                "misconception": mistake.misconception,
                "score": _plain(mistake.credit),
                "feedback": _shown(mistake.feedback),
            }
            for reading, mistake in known
        ],
    }
    hint = {"integer": "whole number", "number": "number", "shape": "like 4x5x6"}.get(kind, "")
    if kind == "formula":
        marking |= {"letters": list(asked.letters), "at": [dict(point) for point in asked.at]}
        hint = f"a formula in {', '.join(asked.letters)}"
    return _Field(marking, label, answer, hint)


def _kind(asked: WrittenQuestion, value: int | Fraction | None, mistakes: Iterable[WrittenMistake]) -> str:
    """How server.py reads the answer; whole numbers only where no known mistake leads to another one."""
    if asked.answer_type != "number":
        return asked.answer_type
    values = [value, *(mistake.value for mistake in mistakes)]
    return "integer" if all(one is not None and Fraction(one).denominator == 1 for one in values) else "number"


def _found(kind: str, answer: str, value: int | Fraction | None, values: Sequence[Fraction]) -> str:
    """What server.py makes of a text that says this."""
    if kind == "formula":
        return " ".join(map(str, values))
    if kind == "shape" or value is None:
        return prairielearn_server.read({"kind": kind}, answer)
    return str(Fraction(value))


def _other(kind: str, right: str, answer: str) -> str:
    """A wrong answer, where no mistake is known."""
    return {"shape": f"{right}x1", "formula": f"{answer} + 1"}.get(kind) or str(Fraction(right) + 1)


def _typed_page(asked: WrittenQuestion, fields: Sequence[_Field]) -> str:
    said = "\n".join(
        "{{#feedback.NAME}}\n<div>{{{feedback.NAME}}}</div>\n{{/feedback.NAME}}".replace("NAME", field.marking["name"])
        for field in fields
    )
    return _page(asked, "\n".join(field.element for field in fields) + "\n" + _panel("submission", said))


# Choices


def _choice_page(asked: WrittenQuestion) -> str:
    options = "\n".join(_option(option) for option in asked.options)
    return _page(asked, f'<pl-multiple-choice answers-name="answer" order="fixed">\n{options}\n</pl-multiple-choice>\n')


def _option(option: WrittenOption) -> str:
    attributes = {"correct": str(option.correct).lower(), "score": str(_plain(option.credit))}
    if option.feedback:
        attributes["feedback"] = _shown(option.feedback)
    return f"<pl-answer {_attributes(attributes)}>{_inert(_shown(inline(option.text)))}</pl-answer>"


# Pages


def _page(asked: WrittenQuestion, answering: str) -> str:
    stem, solution = _inert(_shown(asked.stem)), _inert(_shown(asked.solution))
    return _panel("question", stem) + answering + _panel("answer", solution)


def _panel(name: str, content: str) -> str:
    return f"<pl-{name}-panel>\n{content}\n</pl-{name}-panel>\n"


def _attributes(values: Mapping[str, str]) -> str:
    return " ".join(f'{name}="{_inert(html.escape(value))}"' for name, value in values.items())


def _inert(text: str) -> str:
    """HTML in which Mustache, which comes first, finds nothing to fill in."""
    return text.replace("{{", "{&#123;").replace(_MARK, "{{options.client_files_question_url}}")


_DOLLAR = re.compile(r"<[^>]*>|\\\(.*?\\\)|\\\[.*?\\\]|(?P<dollar>\$)", re.DOTALL)


def _shown(text: str) -> str:
    """HTML in which a dollar outside mathematics is one: PrairieLearn takes two of them for mathematics."""
    return _DOLLAR.sub(
        lambda found: '<span class="mathjax_ignore">$</span>' if found["dollar"] else found[0],
        text,
    )
