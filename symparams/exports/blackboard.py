"""Blackboard: pools of questions, and a test that draws one question from each of them.

They are in QTI 1.2 as Blackboard itself exports it: with metadata and types of resources of its own.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from symparams.documents.written_question import BankInfo, WrittenQuestion
from symparams.exams.examination import Wanted
from symparams.exports.blackboard_items import kind, material, metadata, question
from symparams.exports.export import Item, Items, PackedExport, encoded, entry, put
from symparams.exports.qti import Maker, Node, document, figures, groups, identifier, indent, one_by_one, written

_make = Maker("")
_NAMESPACE = "http://www.blackboard.com/content-packaging/"
_PACKAGE_INFO = "#Bb PackageInfo Property File\ncx.package.info.version=6.0\n"
_MARK = "@"  # where the questions of an assessment go


class Blackboard(PackedExport):
    """Pools: one with all questions, or one for each question with its variants, and a test that draws from them."""

    name = "blackboard"
    markup = "html"
    penalties = True
    shapes = False  # every text that is listed is right, so that no mistake could earn its share

    def notices(self, wanted: Wanted) -> Iterator[str]:
        yield from super().notices(wanted)
        if wanted.credit.policy != "none":
            yield "Blackboard has no shares for numbers that are typed: there known mistakes earn nothing"

    def item(self, asked: WrittenQuestion) -> Item:
        marks = [blank.mark for blank in asked.blanks] or [""]
        return [
            [asked.number, mark, asked.name, figures(part.points), kind(part), written(question(part))]
            for mark, part in zip(marks, one_by_one(asked), strict=True)
        ]

    def pack(self, archive: zipfile.ZipFile, bank: BankInfo, items: Items) -> int:
        listed: list[_Resource] = []
        for number, pool in enumerate(_pools(bank, items), start=1):
            listed.append(_Resource(f"res{number:05}", pool))
            _put(archive, bank, listed[-1])
        if bank.has_groups:
            blocks = (_random_block(bank, resource) for resource in listed)
            test = _Pool(bank.title or "Questions", map(written, blocks), "Test")
            _put(archive, bank, _Resource(f"res{len(listed) + 1:05}", test))
            listed.append(_Resource(f"res{len(listed) + 1:05}", test))
        archive.writestr(entry("imsmanifest.xml"), encoded(_manifest(listed)))
        archive.writestr(entry(".bb-package-info"), encoded(_PACKAGE_INFO))
        return len(listed)


@dataclass(frozen=True, slots=True)
class _Pool:
    """Questions that stand together, or the blocks of a test."""

    title: str
    texts: Iterable[str]  # of its questions, or of its blocks
    type: str = "Pool"  # or Test
    points: str = ""  # of each question, in figures; empty where they differ
    kinds: tuple[str, ...] = ()  # of its questions, as Blackboard calls them


@dataclass(frozen=True, slots=True)
class _Resource:
    """A file of the package."""

    name: str  # without what ends it
    holds: _Pool


def _pools(bank: BankInfo, items: Items) -> Iterator[_Pool]:
    """All questions; or those of each group, of which a student gets one.

    The blanks of a faded solution are questions of their own, and so are their pools.
    """
    if not bank.has_groups:
        yield _Pool(bank.title or "Questions", (text for *_, text in chain.from_iterable(items)))
        return
    for _, title, variants in groups(bank, chain.from_iterable(items)):
        kinds = tuple(dict.fromkeys(variant[4] for variant in variants))
        yield _Pool(title, [variant[5] for variant in variants], points=variants[0][3], kinds=kinds)


def _put(archive: zipfile.ZipFile, bank: BankInfo, resource: _Resource) -> None:
    """Write a pool, or the test."""
    before, behind = _around(f"{identifier(bank)}-{resource.name}", resource.holds)
    with archive.open(entry(f"{resource.name}.dat"), "w") as file:
        put(chain([before], resource.holds.texts, [behind]), file.write)


def _around(ident: str, pool: _Pool) -> tuple[str, str]:
    """What stands before and behind the questions of a pool."""
    section = _make(
        "section", {}, metadata("section", f"{ident}-section", assessment=pool.type), _make("marked", {}, _MARK)
    )
    assessment = _make(
        "assessment",
        {"title": pool.title},
        metadata("assessment", ident, assessment=pool.type),
        _make("rubric", {"view": "All"}, _make("flow_mat", {"class": "Block"}, material(""))),
        _make("presentation_material", {}, _make("flow_mat", {"class": "Block"}, material(""))),
        section,
    )
    text = document(indent(_make("questestinterop", {}, assessment)))
    before, _, behind = text.rpartition(f"<marked>{_MARK}</marked>")
    return f"{before.rstrip()}\n", behind.lstrip()


def _random_block(bank: BankInfo, resource: _Resource) -> Node:
    """A part of the test: one question of a pool."""
    pool = resource.holds
    types = (
        _make("selection_metadata", {"mdname": "bbmd_questiontype", "mdoperator": "EQ"}, name) for name in pool.kinds
    )
    selection = _make(
        "selection",
        {"seltype": "All"},
        _make("selection_number", {}, "1"),
        _make("or_selection", {}, *types),
        _make("sourcebank_ref", {}, resource.name),
    )
    about = metadata(
        "section", f"{identifier(bank)}-block-{resource.name}", assessment="Test", section="Random Block",
        points=pool.points, weight=pool.points,
    )  # fmt: skip
    return indent(_make("section", {"title": pool.title}, about, _make("selection_ordering", {}, selection)))


def _manifest(listed: Iterable[_Resource]) -> str:
    """The file that lists all others."""
    resources = [
        _make(
            "resource",
            {
                "bb:file": f"{one.name}.dat",
                "bb:title": one.holds.title,
                "identifier": one.name,
                "type": f"assessment/x-bb-qti-{one.holds.type.lower()}",
                "xml:base": one.name,
            },
        )
        for one in listed
    ]
    attributes = {"identifier": "man00001", "xmlns:bb": _NAMESPACE}
    content = (_make("organizations"), _make("resources", {}, *resources))
    return document(indent(_make("manifest", attributes, *content)))
