"""A deck for Anki: a card for each question, with the answer and its worked solution behind it."""

from __future__ import annotations

import hashlib
import html
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.errors import SymparamsError
from symparams.exports.export import Item, Items, PackedExport
from symparams.exports.paragraphs import inline
from symparams.exports.pictures import Picture, stem_in_files

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


class Anki(PackedExport):
    """Flash cards; a deck that is imported again updates its cards and doubles none."""

    name = "anki"
    markup = "html"
    pictures = True
    formulas = True  # the student says whether an answer was right
    follows = True

    def item(self, asked: WrittenQuestion) -> Item:
        _library()  # that it is missing is said before a bank is made
        asked, pictures = stem_in_files(asked)
        fields = [_plain_brackets(field) for field in _fields(asked)]
        tags = [re.sub(r"\s+", "_", tag.strip()) for tag in asked.tags if tag.strip()]
        return [asked.identity, fields, tags, pictures]

    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        """Write a package and then its archive anew: genanki puts the time of writing into it."""
        genanki, moment = _library(), _moment(bank.version)
        deck = genanki.Deck(_number(bank.title), _deck_name(bank.title))
        with tempfile.TemporaryDirectory() as place:
            draft = Path(place) / "draft.apkg"
            package = genanki.Package(deck)
            deck.notes = _Notes(genanki, items, moment, _Media(Path(place), package.media_files))
            package.write_to_file(str(draft), timestamp=moment)
            with zipfile.ZipFile(draft) as read:
                for name in read.namelist():
                    made = zipfile.ZipInfo(name)
                    made.compress_type = zipfile.ZIP_DEFLATED
                    with read.open(name) as source, archive.open(made, "w") as target:
                        shutil.copyfileobj(source, target)
        return 0


def _library() -> Any:
    try:
        import genanki  # noqa: PLC0415
    except ImportError:
        raise SymparamsError('the format anki needs genanki: pip install "symparams[exports]"') from None
    return genanki


class _Media:
    """The files of pictures, written when a note has them; genanki packs what is listed when all notes are made."""

    def __init__(self, folder: Path, listed: list[str]) -> None:
        self._folder = folder
        self._listed = listed

    def take(self, pictures: Iterable[tuple[str, str]]) -> None:
        """Have the pictures of a note among them."""
        for picture in (Picture(name, data) for name, data in pictures):
            path = self._folder / picture.name
            if not path.exists():
                path.write_bytes(picture.svg)
                self._listed.append(str(path))


class _Notes:
    """The notes of a deck, made when genanki goes through them.

    Each says when its text was written, for Anki leaves a note as it is whose time has not changed. The time is that of
    the version and behind it a number from the text, so that equal texts have equal times and a corrected one has
    another.
    """

    def __init__(self, genanki: Any, items: Items, moment: int, media: _Media) -> None:
        self._genanki = genanki
        self._items = items
        self._moment = moment
        self._media = media
        self._model = genanki.Model(
            _MODEL,
            "symparams question",
            fields=[{"name": name} for name in _FIELDS],
            templates=[{"name": "Card", "qfmt": _FRONT, "afmt": _BACK}],
            css=_STYLE,
        )

    def __iter__(self) -> Iterator[Any]:
        for identity, fields, tags, pictures in self._items:
            self._media.take(pictures)
            guid = self._genanki.guid_for("symparams", identity)
            note = self._genanki.Note(model=self._model, fields=fields, tags=tags, guid=guid)
            written = self._moment + _digest("\0".join([*fields, *tags])) % _STEP
            yield _Written(note, written)


class _Written:
    """A note with the time of its text."""

    def __init__(self, note: Any, written: int) -> None:
        self.model = note.model
        self._note = note
        self._written = written

    def write_to_db(self, cursor: Any, timestamp: float, deck_id: int, id_gen: Any) -> None:
        self._note.write_to_db(cursor, self._written, deck_id, id_gen)


def _fields(asked: WrittenQuestion) -> tuple[str, ...]:
    return (_question(asked), _answer(asked), asked.solution, _feedback(asked), html.escape(asked.identity))


def _question(asked: WrittenQuestion) -> str:
    options = (f"<div>{_mark(index)} {inline(option.text)}</div>" for index, option in enumerate(asked.options))
    return asked.stem + "".join(options)


def _mark(index: int) -> str:
    return f"({chr(ord('a') + index)})"


def _answer(asked: WrittenQuestion) -> str:
    if asked.options:
        right = ((index, option) for index, option in enumerate(asked.options) if option.correct)
        return "".join(f"{_mark(index)} {inline(option.text)}" for index, option in right)
    if asked.blanks:
        return "<br>".join(html.escape(f"{blank.mark} {blank.answer}") for blank in asked.blanks)
    return html.escape(asked.answer)


def _feedback(asked: WrittenQuestion) -> str:
    """What is to be said about each wrong answer that is known."""
    said = [(_mark(index), option.feedback) for index, option in enumerate(asked.options) if not option.correct]
    said += [(html.escape(mistake.answer), mistake.feedback) for mistake in asked.mistakes]
    said += [(html.escape(f"{b.mark} {m.answer}"), m.feedback) for b in asked.blanks for m in b.mistakes]
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
