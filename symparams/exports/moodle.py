"""Moodle XML: one question behind the other, in a category with the title of the bank, or in one inside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exams.examination import Wanted
from symparams.exports import moodle_answers as answers
from symparams.exports.export import Item, TextExport
from symparams.exports.moodle_answers import TypedAnswer
from symparams.exports.pictures import in_files
from symparams.exports.points import title

_HTML = {"format": "html"}
_PENALTY = "0.3333333"


class Moodle(TextExport):
    """Moodle XML, which Moodle imports with points, credit, feedback and tags."""

    name = "moodle"
    markup = "html"
    pictures = True
    penalties = True
    shape_notice = answers.SHAPE_NOTICE

    def notices(self, wanted: Wanted) -> Iterator[str]:
        yield from super().notices(wanted)
        yield from answers.penalty_notices(wanted.credit.penalty)

    def head(self, bank: BankInfo) -> str:
        made = f"Made by symparams {bank.version}, seed {bank.seed}, request {bank.request}"
        drawn = ". A quiz: add one random question of each category inside" if bank.has_groups else ""
        info = _element("info", _text(made + drawn), format="plain_text")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{_category(answers.category(bank.title), info)}'

    def item(self, asked: WrittenQuestion) -> Item:
        if _is_cloze(asked):
            return answers.kept(asked, [_cloze(asked) + "\n"])
        return answers.kept(asked, [_question(part) + "\n" for part in answers.one_by_one(asked)])

    def body(self, bank: BankInfo, items: Iterable[Item]) -> Iterator[str]:
        return chain([self.head(bank)], answers.grouped(items, bank, _category))

    def foot(self, bank: BankInfo) -> str:
        return "</quiz>\n"

    def comment(self, text: str) -> str:
        return f"<!-- {text} -->\n"


def _category(path: str, *more: str) -> str:
    """What opens a category."""
    return _element("question", _element("category", _text(path)), *more, type="category") + "\n"


def _question(asked: WrittenQuestion) -> str:
    """A question with one answer."""
    if asked.answer_type == "choice":
        return _truth(asked) if answers.is_truth(asked) else _multichoice(asked)
    if answers.is_numerical(asked):
        return _numerical(asked)
    return _shortanswer(asked)


def _multichoice(asked: WrittenQuestion) -> str:
    options = [
        _element("answer", _text(option.text), _feedback(option.feedback), fraction=share, **_HTML)
        for option in asked.options
        for share in [answers.percentage(asked.share(option))]
    ]
    settings = (
        _leaf("single", "true"),
        _leaf("shuffleanswers", "0"),  # the positions of the key are balanced over the bank
        _leaf("answernumbering", "abc"),
    )
    return _element("question", *_common(asked), *settings, *options, type="multichoice")


def _truth(asked: WrittenQuestion) -> str:
    options = [
        _element(
            "answer",
            _text(option.plain.strip().lower()),
            _feedback(option.feedback),
            fraction=answers.percentage(option.credit),
            format="plain_text",
        )
        for option in asked.options
    ]
    return _element("question", *_common(asked, penalty="1"), *options, type="truefalse")


def _numerical(asked: WrittenQuestion) -> str:
    known = [_typed(answer, _leaf("tolerance", answer.tolerance)) for answer in answers.numbers(asked)]
    other = _typed(TypedAnswer("*", "0", answers.OTHER), _leaf("tolerance", "0"))
    settings = (_leaf("unitgradingtype", "0"), _leaf("showunits", "3"))  # no units
    return _element("question", *_common(asked), *known, other, *settings, type="numerical")


def _shortanswer(asked: WrittenQuestion) -> str:
    known = [_typed(answer) for answer in answers.spelled_patterns(asked)]
    other = _typed(TypedAnswer("*", "0", answers.OTHER))
    return _element("question", *_common(asked), _leaf("usecase", "0"), *known, other, type="shortanswer")


def _is_cloze(asked: WrittenQuestion) -> bool:
    """Whether all blanks can be asked for at once: there, points are whole numbers."""
    whole = all(blank.points.denominator == 1 and blank.points > 0 for blank in asked.blanks)
    return bool(asked.blanks) and whole and all(map(answers.is_numerical, answers.one_by_one(asked)))


def _cloze(asked: WrittenQuestion) -> str:
    # In a question with embedded answers, these two begin one: {2:NUMERICAL:…} and {#1}.
    stem = re.sub(r"\{(?=#|[0-9]*:)", "&#123;", asked.stem)
    fields = [
        f"<p>{blank.mark} {_embedded(part)}</p>"
        for blank, part in zip(asked.blanks, answers.one_by_one(asked), strict=True)
    ]
    return _element("question", *_common(asked, stem="\n".join([stem, *fields])), type="cloze")


def _embedded(asked: WrittenQuestion) -> str:
    """A number to fill in, in Moodle's notation for an answer inside a text."""
    known = [f"%{a.percentage}%{a.text}:{a.tolerance}#{_inside(a.feedback)}" for a in answers.numbers(asked)]
    return f"{{{asked.points}:NUMERICAL:{'~'.join(known)}~%0%*#{_inside(answers.OTHER)}}}"


def _inside(feedback: str) -> str:
    """A feedback in an embedded answer: there its entities are resolved, and then \\} and \\# lose their backslash."""
    kept = re.sub(r"\\(?=[}#])", r"\\\\", feedback).replace("&", "&amp;")
    return kept.replace("}", "&#125;").replace("~", "&#126;")


def _common(asked: WrittenQuestion, *, stem: str = "", penalty: str = _PENALTY) -> Iterable[str]:
    """What every kind of question has."""
    yield _element("name", _text(answers.title(title(asked), asked.identity)))
    yield _element("questiontext", *_with_files((stem or asked.stem).strip()), **_HTML)
    yield _element("generalfeedback", _text(asked.solution.strip()), **_HTML)
    yield _leaf("defaultgrade", answers.decimal(asked.points))
    yield _leaf("penalty", penalty)
    yield _leaf("hidden", "0")
    yield _leaf("idnumber", asked.identity)
    tags = [_element("tag", _text(tag)) for tag in map(answers.tag, asked.tags) if tag]
    if tags:
        yield _element("tags", *tags)


def _with_files(html: str) -> Iterator[str]:
    """A text and the files of its pictures, which Moodle keeps beside it."""
    text, pictures = in_files(html, "@@PLUGINFILE@@/{}".format)
    yield _text(text)
    for name, data in pictures:
        yield _element("file", data, name=name, path="/", encoding="base64")


def _typed(answer: TypedAnswer, *settings: str) -> str:
    said = [_feedback(answer.feedback)] if answer.feedback else []
    text = _text(answer.text)
    return _element("answer", text, *said, *settings, fraction=answer.percentage, format="plain_text")


def _feedback(html: str) -> str:
    return _element("feedback", _text(html.strip()), **_HTML)


def _text(text: str) -> str:
    return _leaf("text", text)


def _element(name: str, /, *inside: str, **attributes: str) -> str:
    """An element around others; the attributes are words of the format, which need no escaping."""
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return "\n".join([f"<{name}{given}>", *inside, f"</{name}>"])


def _leaf(name: str, text: str) -> str:
    """An element with a text, readable also where it is HTML."""
    text = answers.printable(text)
    if "<" in text or "&" in text or ">" in text:
        text = "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return f"<{name}>{text}</{name}>"
