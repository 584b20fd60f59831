"""The server for editors (Language Server Protocol): what `editing` knows of a text, while it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from symparams import limits
from symparams.editing.completion import offered
from symparams.editing.formatting import change
from symparams.editing.hovering import told
from symparams.editing.seen import Problem, problem, totals
from symparams.editing.words import defined
from symparams.errors import SymparamsError
from symparams.version import __version__

_PAUSE = 0.15  # seconds without a change after which a text is looked at
_NAME = "symparams"


def server() -> Any:
    """The server; raises SymparamsError where the package that it needs is not installed."""
    language, types = _protocol()
    made = language.LanguageServer(_NAME, __version__)
    _tell_problems(made, types)
    _tell_layers(made, types)
    _complete(made, types)
    _lead(made, types)
    _lay_out(made, types)
    return made


def _tell_problems(made: Any, types: Any) -> None:
    """What is wrong, told whenever a text has changed and nothing more is typed for a moment."""

    def tell(uri: str) -> None:
        document = made.workspace.get_text_document(uri)
        found = problem(document.source)
        listed = [] if found is None else [_diagnostic(document, found, types)]
        told_of = types.PublishDiagnosticsParams(uri=uri, version=document.version, diagnostics=listed)
        made.text_document_publish_diagnostics(told_of)

    @made.feature(types.TEXT_DOCUMENT_DID_OPEN)  # type: ignore[untyped-decorator]
    def opened(params: Any) -> None:
        tell(params.text_document.uri)

    @made.feature(types.TEXT_DOCUMENT_DID_CHANGE)  # type: ignore[untyped-decorator]
    async def changed(params: Any) -> None:
        uri, version = params.text_document.uri, params.text_document.version
        await asyncio.sleep(_PAUSE)
        if made.workspace.text_documents.get(uri) and made.workspace.get_text_document(uri).version == version:
            tell(uri)

    @made.feature(types.TEXT_DOCUMENT_DID_CLOSE)  # type: ignore[untyped-decorator]
    def closed(params: Any) -> None:
        nothing = types.PublishDiagnosticsParams(uri=params.text_document.uri, diagnostics=[])
        made.text_document_publish_diagnostics(nothing)


def _at(made: Any, params: Any) -> tuple[Any, int]:
    """The text that an editor asks about, and the offset in it."""
    document = made.workspace.get_text_document(params.text_document.uri)
    return document, document.offset_at_position(params.position)


def _tell_layers(made: Any, types: Any) -> None:
    """What layers are: under the pointer, and behind the lines."""

    @made.feature(types.TEXT_DOCUMENT_HOVER)  # type: ignore[untyped-decorator]
    def hover(params: Any) -> Any:
        document, offset = _at(made, params)
        found = None
        with suppress(SymparamsError), limits.work():  # a formula may grow too large to be worked out
            found = told(document.source, offset)
        if found is None:
            return None
        text = types.MarkupContent(kind=types.MarkupKind.Markdown, value=found.text)
        return types.Hover(contents=text, range=_range(document, found.start, found.end, types))

    @made.feature(types.TEXT_DOCUMENT_INLAY_HINT)  # type: ignore[untyped-decorator]
    def hints(params: Any) -> Any:
        document = made.workspace.get_text_document(params.text_document.uri)
        found: list[tuple[Any, str]] = []
        with suppress(SymparamsError), limits.work():
            found = [(document.client_position_at_offset(one.offset), one.text) for one in totals(document.source)]
        first, last = params.range.start.line, params.range.end.line
        return [_hint(position, text, types) for position, text in found if first <= position.line <= last]


def _complete(made: Any, types: Any) -> None:
    """What may stand at a place."""
    kinds = types.CompletionItemKind
    completes = {
        "layer": kinds.Class,
        "macro": kinds.Function,
        "statement": kinds.Keyword,
        "name": kinds.Reference,
        "argument": kinds.Property,
        "value": kinds.EnumMember,
    }
    options = types.CompletionOptions(trigger_characters=["@", "(", "=", ","])

    @made.feature(types.TEXT_DOCUMENT_COMPLETION, options)  # type: ignore[untyped-decorator]
    def complete(params: Any) -> Any:
        document, offset = _at(made, params)
        return types.CompletionList(
            is_incomplete=False,
            items=[
                types.CompletionItem(
                    label=one.word,
                    kind=completes[one.kind],
                    detail=one.form,
                    documentation=types.MarkupContent(kind=types.MarkupKind.Markdown, value=one.about),
                    insert_text=one.insert or one.word,
                )
                for one in offered(document.source, offset)
            ],
        )


def _lead(made: Any, types: Any) -> None:
    """Where a name comes from, and what was perhaps meant."""

    @made.feature(types.TEXT_DOCUMENT_DEFINITION)  # type: ignore[untyped-decorator]
    def definition(params: Any) -> Any:
        document, offset = _at(made, params)
        place = defined(document.source, offset)
        return place and types.Location(uri=document.uri, range=_range(document, *place, types))

    @made.feature(types.TEXT_DOCUMENT_CODE_ACTION)  # type: ignore[untyped-decorator]
    def actions(params: Any) -> Any:
        document = made.workspace.get_text_document(params.text_document.uri)
        return list(_corrections(document, problem(document.source), params, types))


def _lay_out(made: Any, types: Any) -> None:
    """The text laid out anew; one with an error stays as it is, and what is wrong is told already."""

    @made.feature(types.TEXT_DOCUMENT_FORMATTING)  # type: ignore[untyped-decorator]
    def formatting(params: Any) -> Any:
        document = made.workspace.get_text_document(params.text_document.uri)
        found = change(document.source)
        if found is None:
            return []
        return [types.TextEdit(range=_range(document, found.start, found.end, types), new_text=found.text)]


def _corrections(document: Any, found: Problem | None, params: Any, types: Any) -> Iterable[Any]:
    """The word that was perhaps meant, in the place of the one that is wrong."""
    if found is None or not found.suggestion:
        return
    there = _range(document, found.start, found.end, types)
    if there.start.line > params.range.end.line or there.end.line < params.range.start.line:
        return
    edit = types.TextEdit(range=there, new_text=found.suggestion)
    yield types.CodeAction(
        title=f"Write {found.suggestion}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[_diagnostic(document, found, types)],
        edit=types.WorkspaceEdit(changes={document.uri: [edit]}),
    )


def _diagnostic(document: Any, found: Problem, types: Any) -> Any:
    return types.Diagnostic(
        range=_range(document, found.start, found.end, types),
        message=found.message,
        severity=types.DiagnosticSeverity.Error,
        source=_NAME,
    )


def _range(document: Any, start: int, end: int, types: Any) -> Any:
    """Two places of a text as the editor counts them."""
    return types.Range(
        start=document.client_position_at_offset(start),
        end=document.client_position_at_offset(end),
    )


def _hint(position: Any, text: str, types: Any) -> Any:
    return types.InlayHint(position=position, label=text, padding_left=True)


def _protocol() -> tuple[Any, Any]:
    """The modules of the protocol that are needed."""
    try:
        from lsprotocol import types  # noqa: PLC0415 - an extra, and slow to load
        from pygls.lsp import server as language  # noqa: PLC0415
    except ImportError:
        raise SymparamsError('the server for editors needs pygls: pip install "symparams[lsp]"') from None
    return language, types


def serve() -> None:
    """Serve an editor that started this program, by its standard input and output, until it ends."""
    server().start_io()
