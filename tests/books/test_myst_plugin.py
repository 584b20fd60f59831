"""The plugin for MyST as MyST calls it, and what it says where something is wrong."""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symparams.books.directives import DIRECTIVES
from symparams.books.myst_plugin import placed, run, specification, told
from symparams.books.roles import ROLES
from symparams.errors import SymparamsError
from tests.books.test_tree import every, said

SMALL = "input(9, 9, 2) -> conv(4, 3) -> conv(8, 3)"
TYPES = {  # of nodes that MyST knows
    "paragraph", "text", "strong", "emphasis", "inlineCode", "inlineMath", "math", "table", "tableRow", "tableCell",
    "list", "listItem", "code", "crossReference", "container", "image", "caption", "exercise", "solution",
    "admonitionTitle", "heading",
}  # fmt: skip


def called(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: Any, *words: str, given: bytes = b""
) -> tuple[int, bytes, str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    with pytest.raises(SystemExit) as ended:
        run(words)
    sys.stdout.flush()
    out, err = capfdbinary.readouterr()
    return int(str(ended.value.code)), out, err.decode()


def test_what_there_is() -> None:
    found = specification()
    assert [d["name"] for d in found["directives"]] == [*DIRECTIVES, "arch:exercise-solution"]
    assert [r["name"] for r in found["roles"]] == list(ROLES)
    for one in found["directives"]:
        assert one["doc"]
        assert all(option["doc"] for option in one["options"].values()), one["name"]
    json.dumps(found)


@pytest.mark.parametrize("name", [*DIRECTIVES, "arch:exercise-solution"])
def test_directives_answer_with_nodes_that_there_are(name: str) -> None:
    nodes = placed(name, {"arg": "here" if name.endswith("solution") and "exercise" in name else None, "body": SMALL})
    assert nodes
    assert {n["type"] for n in every(nodes)} <= TYPES
    json.dumps(nodes)


def test_a_file_is_read_from_where_myst_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "small net.arch").write_text(SMALL, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert said(told("params", {"body": "'small net.arch' conv_2"})) == "296"
    assert "18 = 288" not in said(placed("arch:summary", {"arg": "'small net.arch'"}))


def test_the_labels_of_an_appendix_begin_with_its_own() -> None:
    for label, begin in (("", "sp"), ("Our numbers", "our-numbers")):
        nodes = placed("arch:appendix", {"body": SMALL, "options": {"label": label, "exercises": 1}})
        labels = [node["label"] for one in nodes for node in every(one) if "label" in node]
        assert len(labels) > 20
        assert {one.partition(":")[0] for one in labels} == {begin}


def test_an_exercise_and_its_solution_say_the_same() -> None:
    options = {"kinds": "params:choice", "seed": "5", "label": "ex"}
    (asked,) = placed("arch:exercise", {"body": SMALL, "options": options})
    (solved,) = placed("arch:exercise-solution", {"arg": "ex", "body": SMALL, "options": options})
    assert asked["identifier"] == "ex"
    assert {"type": "crossReference", "label": "ex", "identifier": "ex"} in every([solved])
    right = said([solved])[len("Solution of (") :][0]
    value = said([solved]).rpartition("= ")[2].partition("\n")[0]
    assert f"({right}) {value.replace('{,}', ',')}" in said([asked])


def test_roles_in_captions_are_answered() -> None:
    role = {"type": "mystRole", "name": "params", "value": "nothing.arch", "children": []}
    with pytest.raises(SymparamsError, match=r"nothing\.arch"):
        placed("arch:figure", {"body": SMALL, "options": {"caption": [role]}})
    other = {"type": "strong", "children": [{"type": "text", "value": "Drawn"}]}
    (figure,) = placed("arch:figure", {"body": SMALL, "options": {"caption": [other], "label": "Fig"}})
    assert figure["identifier"] == "fig"
    assert said([figure]).endswith("Drawn")


@pytest.mark.parametrize(
    ("words", "data", "message"),
    [
        (["--directive", "arch:summary"], {"arg": "no.arch"}, "cannot read no.arch: No such file or directory"),
        (["--directive", "arch:summary"], {}, "give a FILE, or a network as the text of the directive"),
        (["--directive", "arch:none"], {}, "there is no directive `arch:none`"),
        (["--role", "none"], {}, "there is no role `none`"),
        (["--role", "params"], {"body": ""}, "say which file: FILE, FILE LAYER or FILE LAYER NAME=VALUE"),
        (["--directive", "arch:solution"], {"body": SMALL, "options": {"style": "loud"}}, ":style: 'loud' is not one"),
        (
            ["--directive", "arch:summary"],
            {"body": "input(3) -> conw(3)", "node": {"position": {"start": {"line": 7}}}},
            "line 7: <network>:1:13: unknown layer `conw`; did you mean `conv`?",
        ),
        (["--role"], {}, "this is the plugin of symparams for MyST, which MyST runs: see docs/books.md"),
    ],
)
def test_what_is_wrong_is_one_message(
    words: list[str], data: Any, message: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any
) -> None:
    status, out, err = called(monkeypatch, capfdbinary, *words, given=json.dumps(data).encode())
    assert (status, out) == (1, b"")
    assert message in err
    assert "Traceback" not in err


def test_what_is_no_json(monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> None:
    for given_ in (b"{", b"\xff", b"[" * 100_000):
        status, _, err = called(monkeypatch, capfdbinary, "--role", "params", given=given_)
        assert status == 1
        assert err == "MyST should have given JSON on the standard input\n"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([SMALL, "-"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["arg", "body", "options", "label", "caption", "style", "type"]), inner)
    ),
    max_leaves=12,
)


@given(st.sampled_from([*DIRECTIVES, "arch:exercise-solution"]), _JSON, _JSON, _JSON)
def test_no_json_gives_a_traceback(name: str, arg: Any, body: Any, options: Any) -> None:
    with suppress(SymparamsError):
        json.dumps(placed(name, {"arg": arg, "body": body, "options": options}))
    with suppress(SymparamsError):
        json.dumps(told("params", {"body": arg}))
