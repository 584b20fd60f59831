"""A collection of Anki, into which decks go through Anki's own importer."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exports.anki import Anki
from tests.exports.banks import put

BANK = BankInfo(title="Convolutions & more", seed=1, version="0.3.0", request="abc")


def _library() -> Any:
    pytest.importorskip("genanki", reason="the extra `exports` is not installed")
    return pytest.importorskip("anki.collection", reason="Anki is not installed")


class Shelf:
    """A collection to import decks into."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.collection = _library().Collection(str(place / "collection.anki2"))

    def take(
        self, questions: Sequence[WrittenQuestion], bank: BankInfo = BANK, always: bool = False
    ) -> tuple[int, int, int]:
        """How many notes were new, updated and left as they were."""
        path = self.place / f"{len(list(self.place.iterdir()))}.apkg"
        put(Anki(), path, questions, bank)
        options = _library().ImportAnkiPackageOptions(update_notes=1 if always else 0)
        log = self.collection.import_anki_package(
            _library().ImportAnkiPackageRequest(package_path=str(path), options=options)
        ).log
        assert log.found_notes == len(questions)
        return len(log.new), len(log.updated), len(log.duplicate)

    def notes(self, search: str = "") -> list[Any]:
        return [self.collection.get_note(number) for number in self.collection.find_notes(search)]


def assert_told(shelf: Shelf, asked: WrittenQuestion) -> None:
    """The card of a question asks it, and behind it stand the key, the solution and every known mistake."""
    [note] = shelf.notes(f"Identity:{asked.identity}")
    [card] = note.cards()
    front, back = shown(card.question()), shown(card.answer())
    assert front.startswith(shown(asked.stem))
    assert back.startswith(front)
    assert shown(asked.solution) in back
    letters = {option.plain: f"({letter})" for letter, option in zip("abcdefgh", asked.options, strict=False)}
    if asked.options:
        assert shown(note["Answer"]) == f"{letters[asked.answer]} {shown(_option(asked).text)}"
    else:
        keys = [f"{blank.mark} {blank.answer}" for blank in asked.blanks]
        assert shown(note["Answer"]) == ("".join(keys) or asked.answer)
    told = [(letters[option.plain], option.feedback) for option in asked.options if not option.correct]
    told += [(html.escape(mistake.answer), mistake.feedback) for mistake in asked.mistakes]
    for answer, feedback in told:
        assert shown(f"<dt>{answer}</dt><dd>{feedback}</dd>") in back
    assert ("Mistakes" in back) == bool(told or any(blank.mistakes for blank in asked.blanks))


def _option(asked: WrittenQuestion) -> Any:
    return next(option for option in asked.options if option.correct)


def shown(markup: str) -> str:
    """What a browser shows of it, line breaks aside."""
    text = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()
