"""Fonts for scripts that the usual ones lack: what a file has, which is taken, what is said where there is none."""

from __future__ import annotations

import random
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

import symparams as sp
from symparams.documents import font_files, latex_pdf
from symparams.documents.font_files import font_package, fonts_with, has, ideographs
from symparams.documents.pdf import pdf
from symparams.errors import SymparamsError
from tests.conftest import EXAMPLES
from tests.test_cli import refused, run
from tests.test_pdf import text_of, whole

NAMED = 'model "王小明, Иванов Пётр, משה, محمد, 김철수, Ελένη" input(3) -> dense(2) as "層一"'
PAGES = ("--layer", "層一")
RARE = "\N{OLD ITALIC LETTER A}"


def font(tables: bytes, tag: bytes = b"cmap") -> bytes:
    """A file with one table."""
    return b"\0\1\0\0" + struct.pack(">HHHH", 1, 0, 0, 0) + struct.pack(">4sIII", tag, 0, 28, len(tables)) + tables


def groups(*runs: tuple[int, int]) -> bytes:
    """A table of characters of format 12."""
    body = b"".join(struct.pack(">III", first, last, 1) for first, last in runs)
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIII", 12, 0, 16 + len(body), 0, len(runs)) + body


def having(folder: Path, *files: str) -> tuple[Path, ...]:
    """Files with the ideographs of a basic block."""
    for name in files:
        (folder / name).write_bytes(font(groups((0x4E00, 0x9FFF))))
    return tuple(sorted(folder / name for name in files))


def test_a_file_has_what_its_table_says(tmp_path: Path) -> None:
    (path,) = having(tmp_path, "NotoA.ttf")
    assert [has(path, c) for c in "一王鿿aж"] == [True, True, True, False, False]
    path = tmp_path / "segments.ttf"
    segments = struct.pack(
        ">HHHHHHH 2H H 2H 2H 2H 3H", 4, 0x26, 0, 4, 0, 0, 0, 0x44, 0xFFFF, 0, 0x41, 0xFFFF, 0, 1, 4, 0, 7, 0, 9
    )
    path.write_bytes(font(struct.pack(">HHHHI", 0, 1, 3, 1, 12) + segments))
    assert [has(path, c) for c in "ABCDE"] == [True, False, True, False, False]  # B stands for no glyph


def test_damaged_files_have_nothing_and_do_no_harm(tmp_path: Path) -> None:
    whole_file = font(groups((0x41, 0x5A), (0, 0xFFFFFFFF)))
    chance = random.Random(1)
    for number in range(300):
        data = bytearray(whole_file[: chance.randrange(len(whole_file) + 1)])
        for _ in range(chance.randrange(4)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        path = tmp_path / f"{number}.ttf"
        path.write_bytes(data)
        assert has(path, "A") in (True, False)
    assert not has(tmp_path / "none.ttf", "A")


def test_the_family_with_serifs_is_taken_with_its_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sans, serif = (
        ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"),
        ("NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"),
    )
    files = having(tmp_path, *sans, *serif, "NotoSerifCJK-Black.ttc", "DejaVuSerif.ttf")
    monkeypatch.setattr(font_files, "free_fonts", lambda: files)
    assert sorted(path.name for path in fonts_with("王")) == sorted(serif)
    monkeypatch.setattr(font_files, "free_fonts", lambda: tuple(path for path in files if "SerifCJK" not in path.name))
    assert sorted(path.name for path in fonts_with("王")) == sorted(sans)
    assert fonts_with("ж") == ()


def test_whose_ideographs() -> None:
    texts = {"王小明": "SC", "直美 ひらがな": "JP", "김철수": "KR", "金철수": "SC", "abc": "SC"}
    assert {text: ideographs(text) for text in texts} == texts


def test_packages() -> None:
    found = {c: font_package(c) for c in f"王ひ김🙂ส{RARE}"}
    assert list(found.values()) == [*["fonts-noto-cjk"] * 3, "fonts-symbola", *["fonts-noto-core"] * 2]


@pytest.mark.extra
@pytest.mark.parametrize("seed", range(20))
def test_the_table_is_read_as_another_program_writes_it(seed: int, tmp_path: Path) -> None:
    """Characters in runs, scattered, and behind the first 65,536, which take a table of another kind."""
    draw = random.Random(seed)
    last = 0xFFFE if seed % 2 else 0x1FFFF
    having = {draw.randint(1, last) for _ in range(draw.choice((1, 40, 400)))}
    for start in (draw.randint(1, last) for _ in range(20)):
        having.update(range(start, min(start + draw.randint(1, 600), last)))
    builder = pytest.importorskip("fontTools.fontBuilder").FontBuilder(1000, isTTF=True)
    glyphs = sorted({f"g{code % 900}" for code in having})
    builder.setupGlyphOrder([".notdef", *glyphs])
    builder.setupCharacterMap({code: f"g{code % 900}" for code in having})
    path = tmp_path / "some.ttf"
    builder.save(path)
    assert {code for code in range(1, 0x20000) if has(path, chr(code))} == having


@pytest.mark.program
@pytest.mark.parametrize("engine", ["typst", "lualatex"])
def test_names_in_any_script_come_out_right(engine: str, tmp_path: Path) -> None:
    if not fonts_with("王") or (engine == "lualatex" and shutil.which("lualatex") is None):
        pytest.skip("fonts-noto-cjk, or LuaLaTeX, is not here")
    if engine == "typst":
        pytest.importorskip("typst")
    for name in ("one.pdf", "two.pdf"):
        assert run("solve", "-e", NAMED, "-o", tmp_path / name, "--engine", engine) == (0, "", "")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    seen = "".join(c for c in text_of((tmp_path / "one.pdf").read_bytes()) if c.isalnum() or c == " ")
    for name in ("王小明", "Иванов", "משה", "محمد", "김철수", "Ελένη", "層一"):
        assert name in seen
    used = subprocess.run(["pdffonts", tmp_path / "one.pdf"], capture_output=True, text=True, check=True).stdout
    assert "CJKsc" in used
    assert "CJKjp" not in used


@pytest.mark.program
@pytest.mark.parametrize("engine", ["typst", "lualatex"])
def test_a_character_that_no_font_has(engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if engine == "lualatex" and shutil.which("lualatex") is None:
        pytest.skip("there is no LuaLaTeX")
    pytest.importorskip("typst")
    monkeypatch.setattr(font_files, "free_fonts", tuple)
    path = tmp_path / "out.pdf"
    said = refused("solve", "-e", 'model "of 王小明" input(3)', "-o", path, "--engine", engine)
    assert said == (
        "no font here has the character `王` (U+738B), which occurs in `王小明`; install one that has it "
        "(in Debian fonts-noto-cjk), or name it with --font FILE, or a folder of fonts"
    )
    assert not path.exists()


@pytest.mark.program
def test_a_font_that_is_named_serves_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = fonts_with("王")
    if not found or shutil.which("lualatex") is None:
        pytest.skip("fonts-noto-cjk, or LuaLaTeX, is not here")
    monkeypatch.setattr(font_files, "free_fonts", tuple)
    for engine in ("typst", "lualatex"):
        for named in (found[-1], found[-1].parent):
            path = tmp_path / "out.pdf"
            arguments = ("solve", "-e", 'model "王" input(3)', "-o", path, "--engine", engine, "--font", named)
            assert run(*arguments) == (0, "", "")
            assert "王" in text_of(path.read_bytes())


def test_without_lualatex(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    said = refused("solve", "-e", "input(3)", "-o", tmp_path / "out.pdf", "--engine", "lualatex")
    assert said.startswith("--engine lualatex needs LuaLaTeX, which is not installed (in Debian texlive-luatex,")
    assert refused("solve", "-e", "input(3)", "--engine", "lualatex").startswith("--engine goes with --format pdf")
    said = refused("exam", "-e", "input(3) -> dense(4)", "--engine", "typst", "--format", "latex")
    assert said.startswith("--engine goes with --format pdf")


@pytest.mark.program
def test_lualatex_runs_nothing_and_says_what_is_wrong(tmp_path: Path) -> None:
    if shutil.which("lualatex") is None:
        pytest.skip("there is no LuaLaTeX")
    hostile = r"\immediate\write18{touch owned} \input{/etc/passwd} \directlua{os.execute('touch owned')} #1 %"
    path = tmp_path / "out.pdf"
    named = hostile.replace("\\", "\\\\")
    source = tmp_path / "net.arch"
    source.write_text(f'model "{hostile}"\ninput(3) -> dense(2)', "utf-8")
    assert run("solve", source, "-o", path, "--engine", "lualatex")[0] == 0, named
    seen = "".join(text_of(path.read_bytes()).split())
    assert "".join(hostile.replace("'", "’").split()) in seen
    assert sorted(each.name for each in tmp_path.iterdir()) == ["net.arch", "out.pdf"]
    from symparams.errors import SymparamsError

    with pytest.raises(SymparamsError, match=r"^LuaLaTeX cannot set this document: Undefined control sequence\.$"):
        latex_pdf.latex_pdf("\\documentclass{article}\\begin{document}\\nothing\\end{document}")


@pytest.mark.extra
def test_what_a_machine_has_besides_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("typst")
    text = whole((EXAMPLES / "mnist-63.arch").read_text("utf-8"), "textbook")
    made = pdf(text)
    monkeypatch.setattr(font_files, "free_fonts", tuple)
    assert pdf(text) == made
    assert not re.search(rb"Noto", made)


@pytest.mark.extra
def test_python_has_the_engines_of_the_command(tmp_path: Path) -> None:
    pytest.importorskip("typst")
    net = sp.parse("input(8) -> dense(4)")
    solution = net.solve()
    assert solution.to_pdf() == solution.to_pdf(engine="typst") != b""
    with pytest.raises(SymparamsError, match=r"^a PDF is made by typst or lualatex, not by pdflatex$"):
        solution.to_pdf(engine="pdflatex")
    with pytest.raises(SymparamsError, match=r"^an appendix is set by Typst, not by lualatex; to_latex gives what"):
        sp.appendix(net).to_pdf(engine="lualatex")
    if shutil.which("lualatex") is None:
        pytest.skip("LuaLaTeX is not installed")
    path = tmp_path / "out.pdf"
    assert run("solve", "-e", "input(8) -> dense(4)", "-o", path, "--engine", "lualatex")[0] == 0
    assert solution.to_pdf(engine="lualatex") == path.read_bytes()
