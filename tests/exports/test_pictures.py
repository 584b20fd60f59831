"""Pictures in the files of each system: where its texts say they are, listed where it lists files, and whole."""

from __future__ import annotations

import base64
import html
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from symparams.exports.pictures import in_files
from tests.conftest import EXAMPLES
from tests.test_cli import run

CNN = EXAMPLES / "exam-cnn.arch"
EXAM = ("exam", CNN, "--questions", "4", "--variants", "2", "--show", "figure", "--kinds", "total,shape,story,compare")
_DATA = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")


def bank(format_: str, folder: Path) -> Path:
    path = folder / "bank"
    status, _, error = run(*EXAM, "--format", format_, "-o", path)
    assert status == 0
    assert "no pictures" not in error
    return path


def packed(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == len(set(archive.namelist()))
        return {name: archive.read(name) for name in archive.namelist()}


def pictures(files: Iterable[bytes]) -> set[str]:
    """The titles of pictures, each of which is one."""
    roots = [ElementTree.fromstring(data) for data in files]
    assert all(root.tag.endswith("}svg") for root in roots)
    assert all(len(list(root.iter())) > 5 for root in roots)
    return {root.findtext("{http://www.w3.org/2000/svg}desc") or "" for root in roots}


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the pictures of this exam show, from the bank for Moodle."""
    path = bank("moodle", tmp_path_factory.mktemp("moodle"))
    found = ElementTree.parse(path).getroot().iter("file")
    return pictures(base64.b64decode(one.text or "") for one in found)


def test_qti_1_2(tmp_path: Path, wanted: set[str]) -> None:
    files = packed(bank("qti12", tmp_path))
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    listed = {one.get("href"): one.get("type") for one in manifest.iter() if one.tag.endswith("}resource")}
    assert set(listed) == set(files) - {"imsmanifest.xml"}
    (assessment,) = (name for name, kind in listed.items() if kind == "imsqti_xmlv1p2")
    assert assessment is not None
    named = set(re.findall(r'src=&quot;([^&]*)&quot;|src="([^"]*)"', files[assessment].decode()))
    places = {unquote(a or b).removeprefix("$IMS-CC-FILEBASE$/") for a, b in named}
    assert places == {name for name, kind in listed.items() if kind == "webcontent"}
    assert pictures(files[name] for name in places) == wanted
    _needs(manifest)


def _needs(manifest: ElementTree.Element) -> None:
    every = {one.get("identifier") for one in manifest.iter() if one.tag.endswith("}resource")}
    needed = {one.get("identifierref") for one in manifest.iter() if one.tag.endswith("}dependency")}
    assert needed
    assert needed <= every


def test_qti_2_1(tmp_path: Path, wanted: set[str]) -> None:
    files = packed(bank("qti21", tmp_path))
    manifest = ElementTree.fromstring(files["imsmanifest.xml"])
    needs = {
        str(one.get("href")): {need.get("identifierref") for need in one if need.tag.endswith("}dependency")}
        for one in manifest.iter()
        if one.tag.endswith("}resource")
    }
    seen = set()
    for name in (name for name in files if name.startswith("items/q-")):
        images = [one for one in ElementTree.fromstring(files[name]).iter() if one.tag.endswith("}img")]
        assert all(one.get("alt") for one in images)
        assert needs[name] == {str(one.get("src")).removesuffix(".svg") for one in images}
        seen |= {f"items/{one.get('src')}" for one in images}
    assert seen == {name for name in files if name.endswith(".svg")}
    assert seen <= set(needs)
    assert pictures(files[name] for name in seen) == wanted
    _needs(manifest)


def test_h5p(tmp_path: Path, wanted: set[str]) -> None:
    files = packed(bank("h5p", tmp_path))
    questions = json.loads(files["content/content.json"])["questions"]
    media = [one["params"]["media"]["type"] for one in questions if "media" in one["params"]]
    assert {one["library"] for one in media} == {"H5P.Image 1.1"}
    assert all(one["params"]["alt"] for one in media)
    assert len({one["subContentId"] for one in media}) == len(media)
    places = {f"content/{one['params']['file']['path']}" for one in media}
    assert places == {name for name in files if name.endswith(".svg")}
    assert pictures(files[name] for name in places) == wanted
    assert "<img" not in files["content/content.json"].decode()
    needed = {one["machineName"] for one in json.loads(files["h5p.json"])["preloadedDependencies"]}
    assert "H5P.Image" in needed


def test_h5p_without_pictures_needs_no_library_for_them(tmp_path: Path) -> None:
    run("exam", CNN, "--questions", "2", "--format", "h5p", "-o", tmp_path / "quiz.h5p")
    assert b"H5P.Image" not in packed(tmp_path / "quiz.h5p")["h5p.json"]


def test_prairielearn(tmp_path: Path, wanted: set[str]) -> None:
    path = bank("prairielearn", tmp_path)
    seen = []
    for page in path.rglob("question.html"):
        named = re.findall(r'src="([^"]*)"', page.read_text("utf-8"))
        folder = page.parent / "clientFilesQuestion"
        names = [name.removeprefix("{{options.client_files_question_url}}/") for name in named]
        assert set(names) == ({one.name for one in folder.iterdir()} if folder.exists() else set())
        seen += [(folder / name).read_bytes() for name in names]
    assert pictures(seen) == wanted


@pytest.mark.parametrize(
    ("format_", "read"),
    [
        ("numbas", lambda path: path.read_text("utf-8")),
        ("rexams", lambda path: "".join(text.decode() for name, text in packed(path).items() if name.endswith(".Rmd"))),
        ("json", lambda path: path.read_text("utf-8")),
    ],
)
def test_in_the_text_itself(format_: str, read: Callable[[Path], str], tmp_path: Path, wanted: set[str]) -> None:
    found = _DATA.findall(read(bank(format_, tmp_path)))
    assert pictures(map(base64.b64decode, found)) == wanted


@pytest.mark.extra
def test_anki(tmp_path: Path, wanted: set[str]) -> None:
    pytest.importorskip("genanki")
    path = bank("anki", tmp_path)
    files = packed(path)
    media = json.loads(files["media"])
    assert set(media) == set(files) - {"media", "collection.anki2"}
    assert set(re.findall(rb'src="([^"]*)"', files["collection.anki2"])) == {name.encode() for name in media.values()}
    assert pictures(files[number] for number in media) == wanted
    (tmp_path / "again").mkdir()
    assert packed(bank("anki", tmp_path / "again")) == files


def test_equal_pictures_are_one_file() -> None:
    one, other = (base64.b64encode(text).decode() for text in (b"<svg/>", b"<svg></svg>"))
    tags = "".join(f'<img alt="{html.escape(n)}" src="data:image/svg+xml;base64,{data}"/>' for n, data in zip("abc", (one, other, one)))  # fmt: skip  # noqa: B905, E501
    text, found = in_files(tags, "files/{}".format)
    assert len(found) == 2
    assert [f"files/{picture.name}" for picture in found] == re.findall('src="([^"]*)"', text)[:2]
    assert [picture.svg for picture in found] == [b"<svg/>", b"<svg></svg>"]
