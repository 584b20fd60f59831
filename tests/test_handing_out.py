"""The examples as the command hands them out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import symparams as sp
from symparams.calls import call
from tests.conftest import EXAMPLES
from tests.test_cli import refused, run

FILES = sorted(path.name for path in EXAMPLES.iterdir())


def test_all_are_listed_with_their_titles() -> None:
    listed = run("examples")[1].splitlines()
    assert [line.split()[0] for line in listed] == [name.removesuffix(".arch") for name in FILES]
    (vgg,) = [line for line in listed if line.startswith("vgg16 ")]
    assert vgg.split(maxsplit=1)[1] == sp.load(EXAMPLES / "vgg16.arch").title


@pytest.mark.parametrize("name", ["vgg16", "vgg16.arch", "exam-cnn.csv", "notebook.ipynb"])
def test_one_is_printed_as_it_is(name: str) -> None:
    file = name if "." in name else f"{name}.arch"
    assert run("examples", name)[1] == (EXAMPLES / file).read_text("utf-8")


def test_all_are_written_to_a_folder(tmp_path: Path) -> None:
    for _ in range(2):  # the second time, they are there
        run("examples", "-o", str(tmp_path / "new" / "examples"))
    written = tmp_path / "new" / "examples"
    assert sorted(path.name for path in written.iterdir()) == FILES
    assert all((written / name).read_bytes() == (EXAMPLES / name).read_bytes() for name in FILES)


def test_nothing_of_a_user_is_lost(tmp_path: Path) -> None:
    (tmp_path / "vgg16.arch").write_text("input(3)", "utf-8")
    message = refused("examples", "-o", str(tmp_path))
    assert message.endswith("vgg16.arch is there already, and something else; choose another folder")
    assert [path.name for path in tmp_path.iterdir()] == ["vgg16.arch"]
    assert "cannot write to the folder" in refused("examples", "vgg16", "-o", str(tmp_path / "vgg16.arch" / "in"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vgg61", "there is no example `vgg61`; did you mean `vgg16`?"),
        ("../README.md", "there is no example `../README.md`"),
        ("", "there is no example ``; `symparams examples` lists them"),
    ],
)
def test_what_there_is_not(name: str, message: str) -> None:
    assert message in refused("examples", name)


def test_programs_get_them_without_a_file() -> None:
    reply = call("examples", {"name": "vgg16", "output": "networks"})
    assert reply["ok"]
    assert [file["name"] for file in reply["result"]["files"]] == ["networks/vgg16.arch"]
    assert not Path("networks").exists()
    json.dumps(reply)
