"""H5P: a quiz (question set) as a file with its content only; the site has the libraries that show it."""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain
from typing import Any

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exams.examination import Wanted
from symparams.exports.export import Item, Items, PackedExport, encoded, entry, put
from symparams.exports.h5p_text import inlined, paragraphs
from symparams.exports.moodle_answers import decimal, is_truth
from symparams.exports.pictures import Album, Picture, without_pictures
from symparams.exports.points import title

# The libraries and their versions, the numbers before the patch; a site must have the very same.
_VERSIONS = {
    "H5P.QuestionSet": (1, 21),
    "H5P.MultiChoice": (1, 16),
    "H5P.TrueFalse": (1, 8),
    "H5P.Blanks": (1, 14),
    "H5P.Image": (1, 1),
}
_MAIN = "H5P.QuestionSet"
_IMAGE, _IMAGES = "H5P.Image", "images"  # the library that shows a picture, and the folder of pictures
_NAMES = uuid.UUID("0c6f2b5e-6c0c-5f0e-9d57-6d2f0f3c9a52")  # what the identities of questions are names in
_TITLE = 255  # characters of a title
_QUIET = {"enableRetry": False, "enableSolutionsButton": False}


class H5p(PackedExport):
    """A quiz for H5P, which shows what is wrong with each option, and takes only right answers where one is typed."""

    name = "h5p"
    markup = "html"
    pictures = True
    shares = False
    shapes = False  # all spellings would have to be listed, and the page shows the list as the right answer

    def notices(self, wanted: Wanted) -> Iterator[str]:
        yield from super().notices(wanted)
        yield (
            "the format h5p has the content only: the site needs the content types "
            f"{', '.join(f'{name} {major}.{minor}' for name, (major, minor) in _VERSIONS.items() if name != _IMAGE)}, "
            f"for pictures {_versioned(_IMAGE)}, and MathDisplay for formulas"
        )
        yield "the format h5p counts one point for each answer, and has no place for worked solutions"
        if wanted.variants > 1:
            yield "the format h5p cannot draw one variant of each question: a student gets them all"

    def item(self, asked: WrittenQuestion) -> Item:
        asked, drawn = without_pictures(asked)
        library = _library(asked)
        params = {"H5P.TrueFalse": _truth, "H5P.MultiChoice": _choice, "H5P.Blanks": _blanks}[library](asked)
        question = {
            "library": _versioned(library),
            "params": {**params, **({"media": _media(asked, *drawn[0])} if drawn else {})},
            "subContentId": str(uuid.uuid5(_NAMES, asked.identity)),
            "metadata": {
                "contentType": library,
                "license": "U",
                "title": _titled(title(asked)) or asked.identity,
                "authorComments": asked.identity,
            },
        }
        return [asked.identity, library, _written(question), [picture for picture, _ in drawn]]

    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        used, album = {_MAIN}, Album()
        with archive.open(entry("content/content.json"), "w") as file:
            extent = put(chain([_HEAD], _questions(items, used, album), [_FOOT]), file.write)
        for picture in album:
            archive.writestr(entry(f"content/{_IMAGES}/{picture.name}"), picture.svg)
            used.add(_IMAGE)
        archive.writestr(entry("h5p.json"), encoded(_written(_about(bank, used)) + "\n"))
        return extent


def _media(asked: WrittenQuestion, picture: Picture, told: str) -> Mapping[str, Any]:
    """The picture above a question."""
    file = {"path": f"{_IMAGES}/{picture.name}", "mime": "image/svg+xml", "copyright": {"license": "U"}}
    return {
        "type": {
            "library": _versioned(_IMAGE),
            "params": {"contentName": "Image", "file": file, "alt": told},
            "subContentId": str(uuid.uuid5(_NAMES, f"{asked.identity} picture")),
            "metadata": {"contentType": "Image", "license": "U", "title": "Network"},
        },
        "disableImageZooming": False,
    }


def _library(asked: WrittenQuestion) -> str:
    """The library that shows a question."""
    if not asked.options:
        return "H5P.Blanks"
    return "H5P.TrueFalse" if is_truth(asked) else "H5P.MultiChoice"


def _questions(items: Items, used: set[str], album: Album) -> Iterator[str]:
    """The questions with a comma between two of them; `used` takes up their libraries, `album` their pictures."""
    for at, (_, library, text, pictures) in enumerate(items):
        used.add(library)
        album.add(pictures)
        yield ("\n" if not at else ",\n") + text


def _about(bank: BankInfo, used: set[str]) -> Mapping[str, Any]:
    needed = [
        {"machineName": name, "majorVersion": major, "minorVersion": minor}
        for name, (major, minor) in _VERSIONS.items()
        if name in used
    ]
    return {
        "title": _titled(bank.title) or "Exam",
        "language": "en",
        "mainLibrary": _MAIN,
        "embedTypes": ["iframe"],
        "license": "U",
        "authorComments": f"Made by symparams {bank.version}, seed {bank.seed}, request {bank.request}",
        "preloadedDependencies": needed,
    }


def _choice(asked: WrittenQuestion) -> Mapping[str, Any]:
    return {
        "question": paragraphs(asked.stem),
        "answers": [
            {
                "text": f"<div>{inlined(option.text)}</div>",
                "correct": option.correct,
                "tipsAndFeedback": {"tip": "", "chosenFeedback": _told(option.feedback), "notChosenFeedback": ""},
            }
            for option in asked.options
        ],
        # The positions of the key are balanced over the bank.
        "behaviour": {**_QUIET, "type": "single", "singlePoint": True, "randomAnswers": False},
    }


def _truth(asked: WrittenQuestion) -> Mapping[str, Any]:
    right, wrong = sorted(asked.options, key=lambda option: not option.correct)
    told = {"feedbackOnCorrect": right.feedback, "feedbackOnWrong": wrong.feedback}
    return {
        "question": paragraphs(asked.stem),
        "correct": right.plain.strip().lower(),
        "behaviour": {**_QUIET, **{name: inlined(text, bare=True) for name, text in told.items() if text.strip()}},
    }


def _blanks(asked: WrittenQuestion) -> Mapping[str, Any]:
    assert asked.value is not None  # what has no number is a choice
    fields = [(blank.mark, blank.value) for blank in asked.blanks] or [("Answer:", asked.value)]
    return {
        "text": paragraphs(asked.stem),
        "questions": [f"<p>{mark} *{'/'.join(_spellings(value))}*</p>" for mark, value in fields],
        "behaviour": {**_QUIET, "caseSensitive": False, "acceptSpellingErrors": False},
    }


def _spellings(value: int | Fraction) -> list[str]:
    """The ways to type a number."""
    if Fraction(value).denominator == 1:
        return list(dict.fromkeys(f"{int(value):,}".replace(",", mark) for mark in ("", ",", " ")))
    return list(dict.fromkeys(decimal(value, places) for places in (7, 2, 3, 4)))


def _told(feedback: str) -> str:
    return f"<div>{inlined(feedback)}</div>" if feedback.strip() else ""


def _versioned(library: str) -> str:
    major, minor = _VERSIONS[library]
    return f"{library} {major}.{minor}"


def _titled(text: str) -> str:
    return " ".join(text.split())[:_TITLE].rstrip()


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_AROUND: Mapping[str, Any] = {
    "introPage": {"showIntroPage": False},
    "progressType": "dots",
    "passPercentage": 50,
    "disableBackwardsNavigation": False,
    "randomQuestions": False,
    "endGame": {"showResultPage": True, "showSolutionButton": True, "showRetryButton": False},
    "override": {"checkButton": True},
}
_HEAD = _written(_AROUND)[:-1] + ', "questions": ['
_FOOT = "\n]}\n"
