"""The server for editors, as a client of the protocol sees it that starts the program."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from symparams.errors import SymparamsError
from tests.conftest import EXAMPLES

URI = "file:///net.arch"
TEXT = """def block(f) = conv(f, 3, same)  # 𝔸 has two units, as the protocol counts
input(9, 9, 2) -> block(4) as a
-> block(4) -> flatten -> dense(10)
"""


def test_without_the_package_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    from symparams.language_server import server

    with pytest.raises(SymparamsError, match=r"needs pygls: pip install \"symparams\[lsp\]\""):
        server()


def with_client(use: Callable[[Any, Any], Awaitable[None]]) -> None:
    """Start the program as an editor does, use it, and end it as an editor does."""
    pytest.importorskip("pygls", reason="pygls is not installed")
    from lsprotocol import types
    from pygls.lsp.client import LanguageClient

    async def run() -> None:
        client = LanguageClient("test", "1")
        told: asyncio.Queue[Any] = asyncio.Queue()
        client.told = told

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def diagnosed(params: Any) -> None:
            told.put_nowait(params)

        await client.start_io(sys.executable, "-m", "symparams", "lsp", cwd=str(EXAMPLES.parent))
        asked = types.InitializeParams(capabilities=types.ClientCapabilities(), root_uri="file:///")
        known = await client.initialize_async(asked)
        assert known.server_info.name == "symparams"
        client.initialized(types.InitializedParams())
        await asyncio.wait_for(use(client, types), 60)
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()

    asyncio.run(run())


async def opened(client: Any, types: Any, text: str) -> Any:
    """What is wrong with a text that has just been opened."""
    item = types.TextDocumentItem(uri=URI, language_id="arch", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    return list((await client.told.get()).diagnostics)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_problems_are_told_while_a_text_is_written() -> None:
    async def use(client: Any, types: Any) -> None:
        assert await opened(client, types, TEXT) == []
        for version in range(2, 6):  # typed without a pause: only the last is looked at
            text = TEXT + "# 𝔸\n" + "@a -> 𝔸 -> conw(3)"[: 12 + version]
            changes = [types.TextDocumentContentChangeWholeDocument(text=text)]
            ident = types.VersionedTextDocumentIdentifier(uri=URI, version=version)
            asked = types.DidChangeTextDocumentParams(text_document=ident, content_changes=changes)
            client.text_document_did_change(asked)
        told = await client.told.get()
        assert told.version == 5
        (wrong,) = told.diagnostics
        assert wrong.message == "`𝔸` is not a character of the language"
        assert (wrong.range.start, wrong.range.end) == (types.Position(4, 6), types.Position(4, 8))
        ident = types.TextDocumentIdentifier(uri=URI)
        client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=ident))
        assert list((await client.told.get()).diagnostics) == []

    with_client(use)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_what_an_editor_asks_for() -> None:
    async def use(client: Any, types: Any) -> None:
        assert await opened(client, types, TEXT) == []
        ident = types.TextDocumentIdentifier(uri=URI)
        at = {"text_document": ident, "position": types.Position(2, 4)}

        found = await client.text_document_definition_async(types.DefinitionParams(**at))
        assert (found.range.start, found.range.end) == (types.Position(0, 4), types.Position(0, 9))
        inside = {"text_document": ident, "position": types.Position(0, 16)}
        hover = await client.text_document_hover_async(types.HoverParams(**inside))
        assert "= (3·3·2 + 1)·4 = 76" in hover.contents.value
        assert hover.range.start == types.Position(0, 15)
        listed = await client.text_document_completion_async(types.CompletionParams(**at))
        assert listed.items[0].label == "block"
        assert "lstm" in [one.label for one in listed.items]
        everywhere = types.Range(types.Position(0, 0), types.Position(9, 0))
        asked = types.InlayHintParams(text_document=ident, range=everywhere)
        hints = await client.text_document_inlay_hint_async(asked)
        assert [(one.position.line, one.label) for one in hints] == [
            (0, "parameters in all: 224"),
            (1, "9 × 9 × 2, parameters: 0"),
            (2, "10, parameters: 3,250"),
            (2, "parameters of the network: 3,474"),
        ]
        assert hints[0].position.character == len(TEXT.splitlines()[0]) + 1

    with_client(use)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_the_word_that_was_meant_is_one_click_away() -> None:
    async def use(client: Any, types: Any) -> None:
        (wrong,) = await opened(client, types, "input(9, 9, 2)\n-> conw(3, 3)")
        ident = types.TextDocumentIdentifier(uri=URI)
        context = types.CodeActionContext(diagnostics=[wrong])
        asked = types.CodeActionParams(text_document=ident, range=wrong.range, context=context)
        (action,) = await client.text_document_code_action_async(asked)
        assert action.title == "Write conv"
        (edit,) = action.edit.changes[URI]
        assert (edit.range, edit.new_text) == (wrong.range, "conv")
        elsewhere = types.Range(types.Position(0, 0), types.Position(0, 1))
        asked = types.CodeActionParams(text_document=ident, range=elsewhere, context=context)
        assert list(await client.text_document_code_action_async(asked)) == []

    with_client(use)


@pytest.mark.extra
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_text_is_laid_out_unless_it_is_broken() -> None:
    async def use(client: Any, types: Any) -> None:
        assert await opened(client, types, "# 𝔸\ninput(3)->relu  # 𝔸\n-> relu\n") == []
        ident = types.TextDocumentIdentifier(uri=URI)
        options = types.FormattingOptions(tab_size=8, insert_spaces=False)
        asked = types.DocumentFormattingParams(text_document=ident, options=options)
        (edit,) = await client.text_document_formatting_async(asked)
        assert (edit.range.start, edit.range.end) == (types.Position(1, 0), types.Position(2, 0))
        assert edit.new_text == "input(3) -> relu  # 𝔸\n"
        ident = types.VersionedTextDocumentIdentifier(uri=URI, version=2)
        whole = types.TextDocumentContentChangeWholeDocument
        changes = types.DidChangeTextDocumentParams(text_document=ident, content_changes=[whole(text="input(3)->")])
        client.text_document_did_change(changes)
        assert len((await client.told.get()).diagnostics) == 1
        assert list(await client.text_document_formatting_async(asked)) == []

    with_client(use)
