"""Anki: decks go through Anki's own importer; imported again they double nothing, and corrected they replace."""

from __future__ import annotations

import builtins
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from symparams.errors import SymparamsError
from symparams.exports.anki import Anki
from tests.exports.anki_shelf import BANK, Shelf, assert_told, shown
from tests.exports.banks import put
from tests.exports.prairielearn_samples import NASTY, choice, sample

pytestmark = pytest.mark.extra

QUESTIONS = (*map(sample, range(20)), choice())


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.collection.close()


def test_the_same_deck_again(shelf: Shelf) -> None:
    assert shelf.take(QUESTIONS) == (21, 0, 0)
    assert shelf.take(QUESTIONS) == (0, 0, 21)
    assert shelf.collection.card_count() == len(QUESTIONS)


def test_a_larger_deck_adds_what_is_new(shelf: Shelf) -> None:
    assert shelf.take(QUESTIONS[:5]) == (5, 0, 0)
    assert shelf.take(tuple(reversed(QUESTIONS))) == (16, 0, 5)
    assert [deck.name for deck in shelf.collection.decks.all_names_and_ids(skip_empty_default=True)] == [BANK.title]


def test_corrected_by_a_later_version(shelf: Shelf) -> None:
    shelf.take(QUESTIONS)
    later = [replace(asked, solution=f"<p>Corrected.</p>{asked.solution}") for asked in QUESTIONS]
    for version in ("0.3.1", "0.4.0", "1.0.0"):
        assert shelf.take(later, replace(BANK, version=version)) == (0, 21, 0)
    assert shelf.collection.card_count() == len(shelf.notes("Corrected")) == 21


def test_corrected_by_the_same_version(shelf: Shelf) -> None:
    """Anki has to be told to update always; it does not where the time of a note is the same."""
    shelf.take(QUESTIONS)
    corrected = [replace(asked, stem=f"<p>Corrected.</p>{asked.stem}") for asked in QUESTIONS[:7]]
    assert shelf.take((*corrected, *QUESTIONS[7:]), always=True) == (0, 7, 14)
    assert shelf.collection.card_count() == 21
    assert len(shelf.notes("Corrected")) == 7


def test_two_decks_in_one_collection(shelf: Shelf) -> None:
    shelf.take(QUESTIONS)
    others = [replace(asked, identity=f"{asked.identity}-other") for asked in QUESTIONS]
    assert shelf.take(others, replace(BANK, title="Other::questions")) == (21, 0, 0)
    names = {deck.name for deck in shelf.collection.decks.all_names_and_ids(skip_empty_default=True)}
    assert names == {BANK.title, "Other:questions"}
    assert len([one for one in shelf.collection.models.all_names() if "symparams" in one]) == 1


def test_cards(shelf: Shelf) -> None:
    shelf.take(QUESTIONS)
    for asked in QUESTIONS:
        [note] = shelf.notes(f"Identity:{asked.identity}")
        [card] = note.cards()
        front, back = shown(card.question()), shown(card.answer())
        assert NASTY in front
        assert "\\(k^{{2}} \\lt \\text{\\$} 3\\)" in front
        assert back.startswith(front)
        assert "\\[ (3·3·32 + 1)·63 = 18{,}207 \\]" in back
        assert set(note.tags) == {"convolution", "parameters", "two_words"}
        assert_told(shelf, asked)


def test_options(shelf: Shelf) -> None:
    shelf.take([choice()])
    [note] = shelf.notes()
    assert shown(note["Question"]).endswith(f"(a) 630(b) 18,207(c) {NASTY}")
    assert note["Answer"] == "(b) 18,207"
    assert shown(note["Feedback"]).startswith("(a)No: ")
    assert "(b)" not in note["Feedback"]


def test_marks_of_anki_print_as_themselves(shelf: Shelf) -> None:
    marks = "[sound:a.mp3] [anki:tts lang=en]x[/anki:tts] [latex]x[/latex] [$]x[/$] [$$]x[/$$] {{c1::x}}"
    shelf.take([replace(choice(), stem=f"<p>{marks} \\[ x \\]</p>")])
    [note] = shelf.notes()
    [card] = note.cards()
    assert f"{marks} \\[ x \\]" in shown(card.question())
    assert "\\[ x \\]" in note["Question"]
    assert card.question_av_tags() == []


def test_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        put(Anki(), tmp_path / name, QUESTIONS, BANK)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}  # the archive says no time of writing


def test_without_genanki(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def absent(name: str, *rest: Any, **named: Any) -> Any:
        if name == "genanki":
            raise ImportError(name)
        return found(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(SymparamsError) as refused:
        put(Anki(), tmp_path / "deck.apkg", QUESTIONS, BANK)
    assert str(refused.value) == 'the format anki needs genanki: pip install "symparams[exports]"'
    assert list(tmp_path.iterdir()) == []
