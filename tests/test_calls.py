"""The door for programs: every command and every option through it, and no JSON that it trips over."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symparams.call_arguments import TEXT, keys
from symparams.calls import call, operations
from symparams.commands.file_options import ReadFile, WrittenFile
from symparams.commands.main import main
from tests.conftest import EXAMPLES
from tests.grading.classes import bank_text
from tests.test_cli import run

NET = "input(28,28,1) -> conv(32, 3, relu) -> conv(63, 3) -> flatten -> dense(10)"
CODE = """model = Sequential()
model.add(Conv2D(32, (3, 3), input_shape=(28, 28, 1)))
model.add(Conv2D(63, (3, 3)))
"""
SERVING = {"lsp", "mcp"}  # what goes on until it is ended, and so is no operation
EVERY = {name: main.get_command(click.Context(main), name) for name in main.list_commands(click.Context(main))}
COMMANDS = {name: command for name, command in EVERY.items() if command is not None and name not in SERVING}
ERROR = {"message", "source", "start", "end", "line", "column", "suggestion"}

# What each command needs to do its work; a command that is missing here turns a test red.
NEEDED: dict[str, dict[str, Any]] = {
    "appendix": {"text": NET, "output": "appendix.md"},
    "answer": {"text": f"{CODE}\nShouldn't the second conv have (3*3+1)*63=630 parameters?"},
    "check": {"text": NET, "against": NET},
    "compare": {"text": [NET, "input(28,28,1) -> dense(10)"]},
    "convert": {"text": NET},
    "diagnose": {"text": NET, "layer": "conv_2", "answer": "630"},
    "draw": {"text": NET},
    "exam": {"text": NET, "questions": 2},
    "examples": {"name": "vgg16"},
    "extensions": {},
    "families": {},
    "find": {"text": "input(9) -> dense(n)", "target": "params=100"},
    "format": {"text": NET},
    "grade": {"bank": bank_text(count=1), "answers": "student,1\nAda,3\n"},
    "hover": {"text": NET, "at": "1:22"},
    "layers": {"name": "conv"},
    "misconceptions": {},
    "plot": {"text": NET},
    "solve": {"text": NET},
    "summary": {"text": NET},
    "template": {},
}


def done(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    reply = call(operation, arguments)
    assert reply["ok"], reply
    result: dict[str, Any] = reply["result"]
    return result


def failed(operation: str, arguments: Any) -> dict[str, Any]:
    reply = call(operation, arguments)
    assert not reply["ok"], reply
    error: dict[str, Any] = reply["error"]
    assert set(error) == ERROR
    return error


def test_every_command_is_an_operation() -> None:
    assert set(EVERY) - SERVING == set(COMMANDS) == set(NEEDED) == set(operations())
    assert call("operations", {})["result"]["json"] == operations()


@pytest.mark.parametrize("operation", NEEDED)
def test_a_command_says_the_same_through_the_door(operation: str, tmp_path: Path) -> None:
    """Texts are the same bytes as on the command line, where they are files."""
    arguments = NEEDED[operation]
    known = keys(COMMANDS[operation])
    words: list[str] = []
    behind: list[str] = []
    for key, value in arguments.items():
        for number, one in enumerate(value if isinstance(value, list) else [value]):
            word = str(one)
            if key == TEXT or isinstance(known[key].type, ReadFile):
                (tmp_path / f"{key}-{number}").write_text(word, "utf-8")
                word = str(tmp_path / f"{key}-{number}")
            if key != TEXT and isinstance(known[key].type, WrittenFile):
                word = str(tmp_path / word)
            if key == TEXT and len(arguments[TEXT]) != 2:
                behind += ["-e", value]
            elif key == TEXT and operation == "compare":
                behind += ["-e", one]
            else:
                behind += [word] if isinstance(known[key], click.Argument) else [f"--{key}", word]
    _, printed, _ = run(operation, *words, *behind)
    if operation != "check":  # which calls the texts by the names that they have here and there
        assert done(operation, arguments)["text"] == printed


def test_every_option_is_an_argument() -> None:
    """All but the fonts of a PDF, which lie on the disk."""
    for name, command in COMMANDS.items():
        every = {option for one in command.params for option in one.opts if option.startswith("--")}
        assert {f"--{key}" for key in keys(command)} & every == every - {"--font"}, name


def test_files_are_marked_as_read_or_written() -> None:
    """An option that names a file says so by its type, or the door would pass on the name."""
    for command in COMMANDS.values():
        for one in command.params:
            if one.metavar in ("FILE", "PATH", "FOLDER", "BANK") or "FILE" in (one.metavar or ""):
                assert isinstance(one.type, ReadFile | WrittenFile | click.Path), (command.name, one.name)


def _opened(event: str, details: tuple[Any, ...]) -> None:
    if event == "open" and _WATCHED and "secret" in str(details[0]):
        _WATCHED.append(str(details[0]))


_WATCHED: list[str] = []
sys.addaudithook(_opened)


@pytest.mark.parametrize("operation", NEEDED)
def test_no_file_is_read(operation: str, tmp_path: Path) -> None:
    """The name of a file in any argument is a text like others."""
    secret = tmp_path / "secret.csv"
    secret.write_text("mistake,share\nbiases left out,0.25\n", "utf-8")
    command = COMMANDS[operation]
    _WATCHED[:] = ["watching"]
    try:
        for key, parameter in keys(command).items():
            if not (isinstance(parameter, click.Option) and parameter.is_flag):
                call(operation, {**NEEDED[operation], key: str(secret)})
        assert _WATCHED == ["watching"]
        call("solve", {"text": {str(secret): NET}})
        assert _WATCHED == ["watching"]
    finally:
        _WATCHED.clear()


@pytest.mark.parametrize(
    ("operation", "arguments", "names"),
    [
        ("solve", {"text": NET, "output": "net.tex"}, ["net.tex"]),
        ("draw", {"text": NET, "output": "net.svg"}, ["net.svg"]),
        ("exam", {"text": NET, "questions": 2, "output": "quiz.xml"}, ["quiz.xml"]),
        ("exam", {"text": NET, "questions": 2, "output": "quiz.tex"}, ["quiz-key.tex", "quiz.tex"]),
        ("exam", {"text": NET, "questions": 2, "format": "h5p", "output": "quiz.h5p"}, ["quiz.h5p"]),
        ("grade", {**NEEDED["grade"], "reports": "reports", "plot": "p.svg"}, ["p.svg", "reports/1-ada.html"]),
    ],
)
def test_files_come_back(operation: str, arguments: dict[str, Any], names: list[str], tmp_path: Path) -> None:
    files = done(operation, arguments)["files"]
    assert [file["name"] for file in files] == names
    assert all(b64decode(file["base64"]) for file in files)
    assert list(tmp_path.iterdir()) == []


def test_a_file_has_the_bytes_that_the_command_writes(tmp_path: Path) -> None:
    run("exam", "-e", NET, "--questions", "3", "-o", str(tmp_path / "quiz.xml"))
    (file,) = done("exam", {"text": NET, "questions": 3, "output": "quiz.xml"})["files"]
    assert b64decode(file["base64"]) == (tmp_path / "quiz.xml").read_bytes()


def test_texts_in_the_place_of_files() -> None:
    assert done("exam", {"text": NET, "blueprint": "points,kind\n2,params\n", "format": "json"})["json"]["questions"]
    assert done("exam", {"text": NET, "credit": "mistake,share\nbiases left out,0.25\n"})["text"]
    assert done("exam", {"text": NET, "credit": "none"})["text"]
    assert (
        "conv_2" in done("solve", {"text": NET, "template": "{% for l in s.layers %}{{ l.name }} {% endfor %}"})["text"]
    )
    assert done("check", {"text": NET, "against": "input(28,28,1) -> dense(3)"})["status"] == 1
    assert "ada.tex" not in str(done("exam", {"text": NET, "names": "Ada\n", "format": "latex"})["files"])


def test_values_of_letters_are_an_object_or_a_list() -> None:
    text = "input(9) -> dense(n)"
    one = done("summary", {"text": text, "set": {"n": 5}, "format": "json"})["json"]
    assert one == done("summary", {"text": text, "set": ["n=5"], "format": "json"})["json"]
    assert one["params"] == 50
    assert one["letters"] == {"n": 5}


@pytest.mark.parametrize(
    ("operation", "arguments", "expected"),
    [
        ("summary", {"text": "input(3) -> desne(4)"}, ("text", 12, 17, "dense")),
        ("summary", {"text": {"a.arch": NET, "b.arch": "input(3) -> desne(4)"}}, ("b.arch", 12, 17, "dense")),
        ("compare", {"text": [NET, "input(3) -> desne(4)"]}, ("text 2", 12, 17, "dense")),
        ("diagnose", {"text": NET, "layer": "conv_3", "answer": "1"}, (None, None, None, "conv_2")),
        ("solve", {"text": NET, "style": "lessen"}, ("style", None, None, "lesson")),
        ("solve", {"text": NET, "styles": "lesson"}, (None, None, None, "style")),
        ("solv", {"text": NET}, (None, None, None, "solve")),
        ("exam", {"text": NET, "credit": "nnoe"}, (None, None, None, "none")),
        ("solve", {"text": NET, "set": {"n": "1 +"}}, ("set n", 2, 3, None)),
    ],
)
def test_an_error_says_where_and_what_was_meant(
    operation: str, arguments: dict[str, Any], expected: tuple[object, ...]
) -> None:
    error = failed(operation, arguments)
    assert (error["source"], error["start"], error["end"], error["suggestion"]) == expected
    assert not {"\x02", "\x03"} & set(error["message"])


def test_a_suggestion_is_not_what_a_user_wrote() -> None:
    """Marks in a user's text are none of ours."""
    assert failed("summary", {"text": "input(3) -> \x02evil\x03(4)"})["suggestion"] is None


@pytest.mark.parametrize(
    "arguments",
    ["", "[", "[]", "3", '"x"', "[" * 100_000, '{"text": NaN}', '{"text": 1' + "0" * 5000 + "}", '{"text": "\\ud800"}'],
)
def test_json_that_is_none(arguments: str) -> None:
    reply = json.loads(call("summary", arguments))
    assert not reply["ok"]
    assert reply["error"]["message"]


def test_hostile_texts_end_with_the_message() -> None:
    assert "limit" in failed("summary", {"text": "#" * 10**7})["message"]
    assert "limit" in failed("summary", {"text": "input(3) -> [relu] * 10^9"})["message"]
    assert "deep" in failed("summary", {"text": "input(3) -> " + "[" * 10**5})["message"]
    for name in ("../x", "/etc/passwd", ".hidden", "a/b", "", "-", "x" * 200):
        assert failed("solve", {"text": NET, "output": name})["message"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from([NET, "conv_2", "params", "630", "json", "html", "x.pdf", "-", "--help", "n=3", "1..2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_json_ends_in_a_traceback(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from([*NEEDED, "operations", "nothing", ""]))
    known = list(keys(COMMANDS[operation])) if operation in COMMANDS else ["text"]
    key = st.sampled_from([*known, TEXT])
    arguments = data.draw(st.dictionaries(key | st.text(max_size=9), VALUES, max_size=4))
    begun = {**NEEDED.get(operation, {}), **arguments} if data.draw(st.booleans()) else arguments
    begun.pop("stress", None)  # asks for work in proportion
    reply = json.loads(call(operation, json.dumps(begun)))
    assert reply["format"] == 1
    assert set(reply) == ({"format", "ok", "result"} if reply["ok"] else {"format", "ok", "error"})
    if not reply["ok"]:
        assert set(reply["error"]) == ERROR
        assert reply["error"]["message"]
        assert "Traceback" not in reply["error"]["message"]


@pytest.mark.slow
def test_every_example_is_answered() -> None:
    for path in sorted(EXAMPLES.glob("*.arch")):
        assert done("answer", {"text": path.read_text("utf-8"), "format": "html"})["text"], path.name
