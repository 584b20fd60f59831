"""A deck for Anki: a card for each question, with the answer and its worked solution behind it."""

from __future__ import annotations

import hashlib
import html
import re
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from symparams.documents.asked import Asked, BankInfo
from symparams.errors import SymparamsError
from symparams.exports.export import WholeExport
from symparams.exports.paragraphs import inline

_MODEL = 1_724_903_611  # of this kind of note; another number would make Anki ask what to do with cards it has
_STEP = 10_000  # seconds from one version to the next
_FIELDS = ("Question", "Answer", "Solution", "Feedback", "Identity")
_FRONT = "{{Question}}"
_BACK = """{{FrontSide}}
<hr id="answer">
<div class="key">{{Answer}}</div>
{{Solution}}
{{#Feedback}}<h4>Mistakes</h4>{{Feedback}}{{/Feedback}}"""
_STYLE = """.card { font-family: sans-serif; font-size: 18px; text-align: left; max-width: 45em; margin: auto; }
.key { font-weight: bold; }
pre { white-space: pre-wrap; }
table { border-collapse: collapse; }
td, th { padding: 0.1em 0.6em; }
dt { font-weight: bold; }"""


class Anki(WholeExport):
    """Flash cards; a deck that is imported again updates its cards and doubles none."""

    name = "anki"
    markup = "html"
    suffix: ClassVar[str] = ".apkg"
    formulas = True  # the student says whether an answer was right

    def write(self, path: Path, bank: BankInfo, questions: Iterable[Asked]) -> None:
        genanki = _library()
        model = genanki.Model(
            _MODEL,
            "symparams question",
            fields=[{"name": name} for name in _FIELDS],
            templates=[{"name": "Card", "qfmt": _FRONT, "afmt": _BACK}],
            css=_STYLE,
        )
        deck = genanki.Deck(_number(bank.title), _deck_name(bank.title))
        moment = _moment(bank.version)
        for asked in questions:
            deck.add_note(_note(genanki, model, asked, moment))
        _write(genanki.Package(deck), path, moment)


def _library() -> Any:
    try:
        import genanki  # noqa: PLC0415
    except ImportError:
        raise SymparamsError('the format anki needs genanki: pip install "symparams[exports]"') from None
    return genanki


def _note(genanki: Any, model: Any, asked: Asked, moment: int) -> Any:
    """A note that says when its text was written, for Anki leaves a note as it is whose time has not changed.

    The time is that of the version and behind it a number from the text, so that equal texts have equal times and a
    corrected one has another.
    """
    fields = [_plain_brackets(field) for field in _fields(asked)]
    tags = [re.sub(r"\s+", "_", tag.strip()) for tag in asked.tags if tag.strip()]
    written = moment + _digest("\0".join([*fields, *tags])) % _STEP

    class Note(genanki.Note):  # type: ignore[misc]
        def write_to_db(self, cursor: Any, timestamp: float, deck_id: int, id_gen: Any) -> None:
            super().write_to_db(cursor, written, deck_id, id_gen)

    return Note(model=model, fields=fields, tags=tags, guid=genanki.guid_for("symparams", asked.identity))


def _fields(asked: Asked) -> tuple[str, ...]:
    return (_question(asked), _answer(asked), asked.solution, _feedback(asked), html.escape(asked.identity))


def _question(asked: Asked) -> str:
    options = (f"<div>{_mark(index)} {inline(option.text)}</div>" for index, option in enumerate(asked.options))
    return asked.stem + "".join(options)


def _mark(index: int) -> str:
    return f"({chr(ord('a') + index)})"


def _answer(asked: Asked) -> str:
    if asked.options:
        right = ((index, option) for index, option in enumerate(asked.options) if option.correct)
        return "".join(f"{_mark(index)} {inline(option.text)}" for index, option in right)
    if asked.blanks:
        return "<br>".join(html.escape(f"{blank.mark} {blank.answer}") for blank in asked.blanks)
    return html.escape(asked.answer)


def _feedback(asked: Asked) -> str:
    """What is to be said about each wrong answer that is known."""
    said = [(_mark(index), option.feedback) for index, option in enumerate(asked.options) if not option.correct]
    said += [(html.escape(mistake.answer), mistake.feedback) for mistake in asked.mistakes]
    entries = "".join(f"<dt>{answer}</dt><dd>{feedback}</dd>" for answer, feedback in said if feedback)
    return f"<dl>{entries}</dl>" if entries else ""


_TAGS_OF_ANKI = re.compile(r"(?<!\\)\[(?=(?:sound|anki):|/?latex\]|/?\$)", re.IGNORECASE)


def _plain_brackets(text: str) -> str:
    """HTML in which Anki finds no marks of its own: a title may hold [sound:…] or [latex]."""
    return _TAGS_OF_ANKI.sub("&#91;", text)


def _deck_name(title: str) -> str:
    """A name that makes one deck: two colons would put it inside another."""
    return re.sub("::+", ":", title).strip() or "symparams"


def _number(title: str) -> int:
    """The number of a deck, the same for the same title."""
    return (1 << 30) + _digest(title) % (1 << 30)


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _moment(version: str) -> int:
    """A time in the past that is later for a later version: Anki takes over what is newer than what it has."""
    parts = [int(part) for part in re.findall("[0-9]+", version)[:3]]
    major, minor, patch = parts + [0] * (3 - len(parts))
    return 1_300_000_000 + ((major * 100 + minor) * 100 + patch) * _STEP


def _write(package: Any, path: Path, moment: int) -> None:
    """Write the package and then its archive anew: genanki puts the time of writing into it."""
    with tempfile.TemporaryDirectory() as place:
        draft = Path(place) / "draft.apkg"
        package.write_to_file(str(draft), timestamp=moment)
        with zipfile.ZipFile(draft) as read, zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as written:
            for name in read.namelist():
                written.writestr(zipfile.ZipInfo(name), read.read(name), zipfile.ZIP_DEFLATED)
