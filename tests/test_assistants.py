"""The server for assistants: its tools and resources, and as the official client sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.assistants import CATALOGUE, TOOLS, asked, page, tools
from symparams.errors import SymparamsError
from symparams.layers import CATALOGUE as LAYERS
from tests.conftest import EXAMPLES

SMALL = "input(9, 9, 2) -> conv(4, 3) -> conv(8, 3)"
CODE = """Why does conv2d_1 have 296 parameters?
model = Sequential()
model.add(Conv2D(4, 3, input_shape=(9, 9, 2)))
model.add(Conv2D(8, 3))
"""
ASKED: dict[str, dict[str, Any]] = {
    "answer": {"text": CODE},
    "solve": {"text": SMALL, "layer": "conv_2"},
    "summary": {"text": SMALL, "format": "json"},
    "diagnose": {"text": SMALL, "layer": "conv_2", "answer": "80"},
    "compare": {"text": [SMALL, "input(9, 9, 2) -> conv(8, 5)"]},
    "find": {"text": "input(9, 9, 2) -> conv(F, 3)", "target": "params = 76"},
    "exam": {"text": SMALL, "questions": 2},
}


def test_every_tool_is_asked_here() -> None:
    assert list(ASKED) == list(TOOLS)
    for tool in tools():
        assert tool["description"].endswith(TOOLS[tool["name"]])
        assert set(ASKED[tool["name"]]) <= set(tool["input_schema"]["properties"])
        assert tool["input_schema"]["additionalProperties"] is False


@pytest.mark.parametrize("name", TOOLS)
def test_tools_answer(name: str) -> None:
    text, result = asked(name, ASKED[name])
    assert result is not None, text
    assert set(result) <= {"text", "json", "files", "notices", "status"}
    assert result["status"] == 0
    if "json" in result:
        assert json.loads(text) == result["json"]
    net = sp.parse(SMALL)
    wanted = {"answer": "296", "solve": "296", "summary": str(net.params), "diagnose": "296", "find": "4"}
    assert wanted.get(name, "") in text


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("solve", {"text": "input(3) -> conw(3)"}, "text:1:13: unknown layer `conw`; did you mean `conv`?"),
        ("solve", {}, "give the argument `text`: what solve is to read"),
        ("solve", {"text": SMALL, "stile": "steps"}, "solve has no argument `stile`; did you mean `style`?"),
        ("draw", {"text": SMALL}, "there is no tool `draw`; they are answer, solve"),
    ],
)
def test_what_is_wrong_is_one_message(name: str, arguments: dict[str, object], message: str) -> None:
    text, result = asked(name, arguments)
    assert result is None
    assert text.startswith(message)


_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just(SMALL) | st.lists(st.text())


@given(st.sampled_from(list(TOOLS)), st.dictionaries(st.sampled_from(["text", "layer", "answer", "x"]), _VALUES))
def test_nothing_that_is_asked_is_a_traceback(name: str, arguments: dict[str, object]) -> None:
    text, result = asked(name, arguments)
    assert text or result is not None


def test_resources_are_the_catalogue() -> None:
    for kind in CATALOGUE:
        assert page(f"symparams://{kind}").startswith("# ")
    every = page("symparams://layers")
    for name in ("conv", "lstm", "attention"):
        assert name in LAYERS
        one = page(f"symparams://layers/{name}")
        assert f"`{name}" in one
        assert len(one) < len(every) / 10
    for uri in ("symparams://layers/none", "symparams://none", "file:///etc/passwd"):
        with pytest.raises(SymparamsError):
            page(uri)


def test_without_the_package_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    from symparams.assistants import server

    with pytest.raises(SymparamsError, match=r"needs mcp: pip install \"symparams\[mcp\]\""):
        server()


# ---------------------------------------------------------------- the official client


def with_client(use: Callable[[Any], Awaitable[None]]) -> None:
    """Use the server, in this process, through the client of the protocol's authors."""
    mcp = pytest.importorskip("mcp", reason="mcp is not installed")
    import anyio

    from symparams.assistants import server

    async def run() -> None:
        async with mcp.Client(server()) as client:
            await use(client)

    anyio.run(run)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_client_calls_every_tool() -> None:
    async def use(client: Any) -> None:
        listed = (await client.list_tools()).tools
        assert [tool.name for tool in listed] == list(TOOLS)
        assert all(tool.output_schema for tool in listed)
        for name, arguments in ASKED.items():
            found = await client.call_tool(name, arguments)
            text, result = asked(name, arguments)
            assert not found.is_error
            assert found.structured_content == result
            assert found.content[0].text == text
        wrong = await client.call_tool("solve", {"text": "input(3) -> conw(3)"})
        assert wrong.is_error
        assert wrong.content[0].text.startswith("text:1:13: unknown layer `conw`")

    with_client(use)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_client_reads_the_catalogue() -> None:
    async def use(client: Any) -> None:
        assert [one.name for one in (await client.list_resources()).resources] == list(CATALOGUE)
        templates = (await client.list_resource_templates()).resource_templates
        assert [one.uri_template for one in templates] == [f"symparams://{kind}/{{name}}" for kind in CATALOGUE]
        found = await client.read_resource("symparams://layers/conv")
        assert found.contents[0].text == page("symparams://layers/conv")
        with pytest.raises(Exception, match="none"):
            await client.read_resource("symparams://layers/none")

    with_client(use)


@pytest.mark.extra
def test_the_command_serves_an_assistant_that_starts_it() -> None:
    pytest.importorskip("mcp", reason="mcp is not installed")
    asking = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": asking},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "solve", "arguments": ASKED["solve"]}},
    ]
    done = subprocess.Popen(
        [sys.executable, "-m", "symparams", "mcp"], cwd=EXAMPLES.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert done.stdin is not None
    assert done.stdout is not None
    for line in lines:
        done.stdin.write(json.dumps(line).encode() + b"\n")
    done.stdin.flush()
    replies = [json.loads(done.stdout.readline()) for _ in range(2)]
    done.stdin.close()
    assert done.wait(20) == 0
    done.stdout.close()
    assert replies[0]["result"]["serverInfo"]["name"] == "symparams"
    assert "296" in replies[1]["result"]["structuredContent"]["text"]
