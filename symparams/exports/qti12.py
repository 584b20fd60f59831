"""QTI 1.2 as Canvas reads it: one assessment with all questions, or with groups of variants, and a manifest.

Canvas does not run the conditions of a question, it looks through them for right answers, and what it takes for one
decides how they are written here, within what the standard says:
- a typed answer in an `or` of equality and a range is right, whatever its score; one in a bare `varequal` is not;
- its New Quizzes take each `setvar` that names SCORE for a right number, so a score for a wrong one leaves the name
  out: SCORE is what the standard then means;
- of a choice only the last condition counts, and any score above 0 makes it right: a partly right choice has its score
  first and its feedback in a condition behind it;
- where several choices score something, its New Quizzes know the key by an attribute that they have added to the
  standard, `correctanswer`; it stands nowhere else;
- a wrong choice takes nothing away there, whatever its score;
- each text that a short answer is compared with is a right one: wrong shapes are told apart in the feedback only.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exams.examination import Wanted
from symparams.exports.export import Item, Items, PackedExport, encoded, entry, put
from symparams.exports.pictures import Album, stem_in_files
from symparams.exports.points import title
from symparams.exports.qti import (
    Maker,
    Node,
    Part,
    Resource,
    document,
    explained,
    figures,
    groups,
    identifier,
    indent,
    manifest,
    one_by_one,
    pictured,
    places,
    written,
)
from symparams.exports.shapes import further_spellings, usual_spellings

_QTI = Maker("http://www.imsglobal.org/xsd/ims_qtiasiv1p2", "http://www.imsglobal.org/xsd/ims_qtiasiv1p2p1.xsd")
_PACKAGE = Maker("http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1", "http://www.imsglobal.org/xsd/imscp_v1p1.xsd")
_make = Maker("")  # a question stands inside the assessment, whose namespace is its own
_RESPONSE = {"respident": "response1"}
_IMAGES = "images"  # the folder of pictures; Canvas has a name of its own for where a package begins
_HALF_UNIT = Fraction(1, 2000)  # how far a typed number may be from one whose digits have no end


class Qti12(PackedExport):
    """A package for Canvas: an assessment that holds all questions, and a manifest."""

    name = "qti12"
    markup = "html"
    pictures = True
    penalties = True
    shapes = False  # Canvas takes every text that is compared for a right answer

    def notices(self, wanted: Wanted) -> Iterator[str]:
        yield from super().notices(wanted)
        if wanted.credit.penalty:
            yield "Canvas takes nothing away for a wrong choice; other systems that read QTI 1.2 do"

    def item(self, asked: WrittenQuestion) -> Item:
        asked, pictures = stem_in_files(asked, f"%24IMS-CC-FILEBASE%24/{_IMAGES}/{{}}".format)
        return [
            [asked.number, mark, asked.name, figures(part.points, 2), pictures, written(indent(_item(part)))]
            for mark, part in zip([blank.mark for blank in asked.blanks] or [""], one_by_one(asked), strict=True)
        ]

    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        name = f"{identifier(bank)}/{identifier(bank)}.xml"
        before, behind = _around(bank)
        album = Album()
        with archive.open(entry(name), "w") as file:
            extent = put(chain([before], _texts(bank, _parts(items, album))), file.write)
            put([behind], file.write)
        drawn = pictured(album, _IMAGES, archive)
        assessment = Resource(identifier(bank), "imsqti_xmlv1p2", name, tuple(one.identifier for one in drawn))
        listed = manifest(_PACKAGE, bank, ("IMS Content", "1.1.3"), [assessment, *drawn])
        archive.writestr(entry("imsmanifest.xml"), encoded(listed))
        return extent


def _around(bank: BankInfo) -> tuple[str, str]:
    """What stands before and behind the questions."""
    mark = "@"
    section = _QTI("section", {"ident": "root_section"}, mark)
    assessment = _QTI("assessment", {"ident": identifier(bank), "title": bank.title or "Questions"}, section)
    before, _, behind = document(indent(_QTI.root("questestinterop", {}, assessment))).rpartition(mark)
    return before + "\n", behind


def _parts(items: Items, album: Album) -> Iterator[Part]:
    """The questions that an item becomes; their pictures are taken up on the way."""
    for part in chain.from_iterable(items):
        album.add(part[4])
        yield part


def _texts(bank: BankInfo, parts: Iterator[Part]) -> Iterator[str]:
    """The questions; where they have variants, in sections of which a student gets one.

    The blanks of a faded solution are questions of their own, and so are their sections.
    """
    if not bank.has_groups:
        yield from (text for *_, text in parts)
        return
    for name, together, variants in groups(bank, parts):
        before, behind = _group(bank, name, together, variants[0][3])
        yield from (before, *(text for *_, text in variants), behind)


def _group(bank: BankInfo, name: str, title: str, points: str) -> tuple[str, str]:
    """What stands before and behind the questions of a section of which one is drawn."""
    worth = _make("selection_extension", {}, _make("points_per_item", {}, points))
    selection = _make("selection", {}, _make("selection_number", {}, "1"), worth)
    ident = f"{identifier(bank)}-{re.sub('[^0-9a-z]+', '-', name).strip('-')}"
    section = _make("section", {"ident": ident, "title": title}, _make("selection_ordering", {}, selection))
    before, end, _ = written(indent(section)).rpartition("</section>")
    return before, f"{end}\n"


def _item(asked: WrittenQuestion) -> Node:
    if asked.options:
        kind, response, conditions, feedback = _choice(asked)
    elif asked.answer_type == "number":
        kind, response, conditions, feedback = _number(asked)
    else:
        kind, response, conditions, feedback = _short(asked)
    full = figures(_full(asked))
    least = figures(-asked.penalty * _full(asked)) if asked.penalty else "0"
    declared = {"maxvalue": full, "minvalue": least, "varname": "SCORE", "vartype": "Decimal"}
    feedback = {"general_fb": asked.solution, **feedback}
    return _make(
        "item",
        {"ident": asked.identity, "title": title(asked)},
        _metadata(question_type=kind, points_possible=figures(asked.points, 2)),
        _make("presentation", {}, _material(asked.stem), response),
        _make(
            "resprocessing",
            {},
            _make("outcomes", {}, _make("decvar", declared)),
            _condition(_make("other"), feedback="general_fb"),
            *conditions,
        ),
        *(
            _make("itemfeedback", {"ident": name}, _make("flow_mat", {}, _material(text)))
            for name, text in feedback.items()
        ),
    )


def _full(asked: WrittenQuestion) -> Fraction:
    """The score of the key: per cent, as Canvas writes it; points where choices differ, as its New Quizzes expect."""
    return asked.points if _differ(asked) else Fraction(100)


def _differ(asked: WrittenQuestion) -> bool:
    """Whether some option earns a part of the points, or takes some away."""
    return any(asked.share(option) not in (0, 1) for option in asked.options)


_Parts = tuple[str, Node, list[Node], dict[str, str]]  # kind of question, response, conditions, feedback by its name


def _choice(asked: WrittenQuestion) -> _Parts:
    """Options: the key first, then what is said of the others and what they score."""
    labels, key, others, feedback = [], [], [], {}
    for number, option in enumerate(asked.options, start=1):
        name = f"choice_{number}"
        labels.append(_make("response_label", {"ident": name}, _material(option.text)))
        if option.feedback:
            feedback[f"{name}_fb"] = option.feedback
        said = f"{name}_fb" if option.feedback else ""
        share = asked.share(option)
        score = figures(share * _full(asked)) if share else ""
        if option.correct:
            right = _condition(_equal(name), score=score, named=True, feedback=said, last=True)
            if _differ(asked):
                right.set("correctanswer", "Yes")
            key.append(right)
            continue
        if score:
            others.append(_condition(_equal(name), score=score))
        if score or said:
            others.append(_condition(_equal(name), feedback=said))
    truth = sorted(option.plain.casefold() for option in asked.options) == ["false", "true"]
    response = {"ident": "response1", "rcardinality": "Single"}
    rendered = _make("response_lid", response, _make("render_choice", {}, *labels))
    return "true_false_question" if truth else "multiple_choice_question", rendered, key + others, feedback


def _number(asked: WrittenQuestion) -> _Parts:
    """A number: the key in the form that Canvas takes for right, each mistake in one that it does not."""
    assert asked.value is not None, "a question for a number has one"
    margin = Fraction(0) if places(asked.value) is not None else _HALF_UNIT
    exact, low, high = (figures(Fraction(asked.value) + off) for off in (0, -margin, margin))
    within = _make("and", {}, _make("vargte", _RESPONSE, low), _make("varlte", _RESPONSE, high))
    key = _make("or", {}, _equal(exact), within)
    conditions, feedback = [_condition(key, score="100", named=True, last=True)], {}
    for number, mistake in enumerate(asked.mistakes, start=1):
        name = f"mistake_{number}_fb"
        if mistake.feedback:
            feedback[name] = mistake.feedback
        wrong = figures(mistake.value) if mistake.value is not None else mistake.answer
        score = figures(mistake.credit * 100) if mistake.credit else ""
        conditions.append(_condition(_equal(wrong), score=score, feedback=name if mistake.feedback else "", last=True))
    return "numerical_question", _typed({"fibtype": "Decimal"}), conditions, feedback


def _short(asked: WrittenQuestion) -> _Parts:
    """A shape: each spelling of the key is right by itself; the mistakes are explained to all who miss it."""
    texts = dict.fromkeys((*usual_spellings(asked.answer), *further_spellings(asked.answer)))
    conditions = [_condition(_equal(text), score="100", named=True, last=True) for text in texts]
    told = explained(asked)
    if not told:
        return "short_answer_question", _typed({}), conditions, {}
    conditions.append(_condition(_make("other"), feedback="general_incorrect_fb"))
    return "short_answer_question", _typed({}), conditions, {"general_incorrect_fb": told}


def _typed(rendering: dict[str, str]) -> Node:
    field = _make("render_fib", rendering, _make("response_label", {"ident": "answer1", "rshuffle": "No"}))
    return _make("response_str", {"ident": "response1", "rcardinality": "Single"}, field)


def _equal(text: str) -> Node:
    return _make("varequal", _RESPONSE, text)


def _condition(when: Node, score: str = "", named: bool = False, feedback: str = "", last: bool = False) -> Node:
    """What a response scores and shows; `named` says that the score is that of a right answer."""
    effects = []
    if score:
        name = {"varname": "SCORE"} if named else {}
        effects.append(_make("setvar", {"action": "Set", **name}, score))
    if feedback:
        effects.append(_make("displayfeedback", {"feedbacktype": "Response", "linkrefid": feedback}))
    return _make("respcondition", {"continue": "No" if last else "Yes"}, _make("conditionvar", {}, when), *effects)


def _metadata(**fields: str) -> Node:
    written = [
        _make("qtimetadatafield", {}, _make("fieldlabel", {}, label), _make("fieldentry", {}, entry))
        for label, entry in fields.items()
    ]
    return _make("itemmetadata", {}, _make("qtimetadata", {}, *written))


def _material(html: str) -> Node:
    return _make("material", {}, _make("mattext", {"texttype": "text/html"}, html))
