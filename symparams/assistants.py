"""The server for assistants (Model Context Protocol): commands as tools, the catalogue as resources, all by `call`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from symparams.calls import call, operations
from symparams.errors import SymparamsError
from symparams.version import __version__

# What an assistant is offered, each with when it should ask; all keep nothing between two questions.
TOOLS: Mapping[str, str] = {
    "answer": "Use it for a question in a user's own words, with code or a printed table in it.",
    "solve": "Use it for how a shape, a number of parameters or another quantity comes out, step by step.",
    "summary": "Use it for the table of all layers.",
    "diagnose": "Use it where somebody has a number that is not the right one.",
    "compare": "Use it for two networks side by side.",
    "find": "Use it for the values of a letter that meet a number or a budget.",
    "exam": "Use it for exercises with their solutions.",
}
CATALOGUE: Mapping[str, str] = {
    "layers": "the layers of the language, with their arguments, rules and examples",
    "misconceptions": "the known mistakes: what goes wrong, and what is correct",
    "families": "the families of Hugging Face configs, with their keys and networks",
}
_INSTRUCTIONS = (
    "Shapes, parameters, multiply-accumulates, FLOPs, memory and receptive fields of neural networks, counted exactly. "
    "Ask here instead of computing. A network is given as its code in Keras or PyTorch, as a printed table, as a "
    "config, or in the language whose layers the resources describe: input(28,28,1) -> conv(32, 3) -> dense(10)."
)
_SCHEME = "symparams://"
_RESULT = {  # a schema of what `call` gives as its result
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "The document, in the format that was asked for."},
        "json": {"description": "In its place with the format json: the object itself."},
        "files": {
            "type": "array",
            "description": "What would be written.",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "base64": {"type": "string"}},
                "required": ["name", "base64"],
            },
        },
        "notices": {"type": "array", "items": {"type": "string"}, "description": "What is said beside."},
        "status": {"type": "integer", "description": "0 where all is well."},
    },
    "required": ["files", "notices", "status"],
}


def tools() -> list[dict[str, Any]]:
    """Each tool by its name, what it is for, and the schemas of what it takes and gives."""
    known = operations()
    return [
        {
            "name": name,
            "description": f"{known[name]['about']} {use}",
            "input_schema": known[name]["arguments"],
            "output_schema": _RESULT,
        }
        for name, use in TOOLS.items()
    ]


def asked(name: str, arguments: Mapping[str, object]) -> tuple[str, dict[str, Any] | None]:
    """What a tool says, as a text and as an object; None in its place where something is wrong."""
    if name not in TOOLS:
        return f"there is no tool `{name[:60]}`; they are {', '.join(TOOLS)}", None
    reply = call(name, arguments)
    if not reply["ok"]:
        return _wrong(reply["error"]), None
    result = reply["result"]
    text = result["text"] if "text" in result else json.dumps(result["json"], ensure_ascii=False)
    return text, result


def _wrong(error: Mapping[str, Any]) -> str:
    """What is wrong, and where."""
    where = f"{error['source']}:" if error["source"] else ""
    where += f"{error['line']}:{error['column']}:" if error["line"] else ""
    return f"{where} {error['message']}".strip()


def page(uri: str) -> str:
    """A resource: a list of the catalogue, or one of its entries; raises SymparamsError for what there is not."""
    kind, _, name = uri.removeprefix(_SCHEME).partition("/")
    if not uri.startswith(_SCHEME) or kind not in CATALOGUE:
        raise SymparamsError(f"there is no resource `{uri[:100]}`; they are {', '.join(map(_uri, CATALOGUE))}")
    reply = call(kind, {"name": unquote(name) or None, "format": "markdown"})
    if not reply["ok"]:
        raise SymparamsError(reply["error"]["message"])
    text: str = reply["result"]["text"]
    return text


def _uri(kind: str) -> str:
    return f"{_SCHEME}{kind}"


def server() -> Any:
    """The server; raises SymparamsError where the package that it needs is not installed."""
    lowlevel, types, exceptions = _protocol()

    async def list_tools(context: Any, asking: Any) -> Any:
        return types.ListToolsResult(tools=[types.Tool(**tool) for tool in tools()])

    async def call_tool(context: Any, asking: Any) -> Any:
        text, result = asked(asking.name, asking.arguments or {})
        content = [types.TextContent(type="text", text=text)]
        return types.CallToolResult(content=content, structured_content=result, is_error=result is None)

    async def list_resources(context: Any, asking: Any) -> Any:
        found = [
            types.Resource(name=kind, uri=_uri(kind), description=about, mime_type="text/markdown")
            for kind, about in CATALOGUE.items()
        ]
        return types.ListResourcesResult(resources=found)

    async def list_templates(context: Any, asking: Any) -> Any:
        found = [
            types.ResourceTemplate(name=kind, uri_template=f"{_uri(kind)}/{{name}}", description=f"one of {about}")
            for kind, about in CATALOGUE.items()
        ]
        return types.ListResourceTemplatesResult(resource_templates=found)

    async def read_resource(context: Any, asking: Any) -> Any:
        try:
            text = page(str(asking.uri))
        except SymparamsError as error:
            raise exceptions.MCPError(types.INVALID_PARAMS, str(error)) from None
        contents = types.TextResourceContents(uri=asking.uri, mime_type="text/markdown", text=text)
        return types.ReadResourceResult(contents=[contents])

    return lowlevel.Server(
        "symparams",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _protocol() -> tuple[Any, Any, Any]:
    """The modules of the protocol that are needed."""
    try:
        from mcp import types  # noqa: PLC0415 - an extra, and slow to load
        from mcp.server import lowlevel  # noqa: PLC0415
        from mcp.shared import exceptions  # noqa: PLC0415
    except ImportError:
        raise SymparamsError('the server for assistants needs mcp: pip install "symparams[mcp]"') from None
    return lowlevel, types, exceptions


def serve() -> None:
    """Serve an assistant that started this program, by its standard input and output, until it ends."""
    made = server()
    import anyio  # noqa: PLC0415 - comes with mcp
    from mcp.server.stdio import stdio_server  # noqa: PLC0415

    async def run() -> None:
        async with stdio_server() as (given, taken):
            await made.run(given, taken, made.create_initialization_options())

    anyio.run(run)
