"""Damaged code made whole where there is one way to do it; Python's own parser decides whether it is."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symparams.errors import LimitError, Span
from symparams.reading.python.damaged import BEFORE, Edit, Text, whole, with_plain_characters, without_prefixes
from symparams.reading.python.layout import closed, indented, split_lines
from symparams.reading.python.scanning import is_layer_name, starts, tokens
from symparams.reading.reading import Repair

_LINE = 50_000  # characters of a line
_LINES = 50_000
_MENDED = 100_000  # characters of a text whose lines are looked at one by one
_TRIES = 150  # lines that are looked at because the parser stops there
_TOUCHED = 2_000_000  # characters that may be written again for that
_TRIED_CHARACTERS = 400_000  # that the parser may read in one text while it looks for damage


@dataclass(slots=True)
class Mended:
    """Code that Python's parser takes, each character with its place in the original."""

    code: Text
    tree: ast.Module

    @property
    def text(self) -> str:
        return self.code.text

    @property
    def repairs(self) -> tuple[Repair, ...]:
        return tuple(sorted(self.code.repairs, key=lambda r: r.at))

    def spans(self) -> Callable[[ast.AST], Span]:
        """A function that gives the place of a piece of syntax in the original."""
        lines = re.split(r"(?<=\n)", self.text)
        starts_ = [0]
        for line in lines:
            starts_.append(starts_[-1] + len(line))
        origins = self.code.origins

        def offset(line: int, column: int) -> int:
            text = lines[line - 1] if line <= len(lines) else ""
            if not text.isascii():
                column = len(text.encode()[:column].decode(errors="ignore"))
            return min(starts_[min(line, len(lines)) - 1] + column, len(self.text))

        def span(node: ast.AST) -> Span:
            line, end = getattr(node, "lineno", 1), getattr(node, "end_lineno", None)
            start = offset(line, getattr(node, "col_offset", 0))
            stop = offset(end or line, getattr(node, "end_col_offset", 0) or 0)
            return Span(origins[start], origins[stop - 1] + 1 if stop > start else origins[start])

        return span


def parsed(text: str) -> ast.Module | SyntaxError:
    """The syntax tree, or where the parser stops."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return error
    except ValueError:
        return SyntaxError("no text", ("", 1, 1, "", 1, 1))
    except (RecursionError, MemoryError):
        raise LimitError("this program is nested too deeply to be read") from None


def mended(text: Text) -> Mended | None:
    """The code in a text; None if there is none."""
    lines = text.text.split("\n")
    if len(lines) > _LINES:
        raise LimitError(f"there are more than {_LINES:,} lines here, which is the limit")
    if max(map(len, lines)) > _LINE:
        raise LimitError(f"a line here has more than {_LINE:,} characters, which is the limit")
    seen: set[str] = set()
    for candidate in _lightly(text):
        if candidate.text in seen:
            continue
        seen.add(candidate.text)
        tree = parsed(candidate.text)
        if isinstance(tree, ast.Module) and _says_something(tree):
            return Mended(candidate, tree)
    if len(text.text) > _MENDED:
        return None
    best: Mended | None = None
    most = 0
    for candidate in _heavily(_bare(text)):
        tree = parsed(candidate.text)
        if isinstance(tree, ast.Module) and (worth := _worth(tree)) > most:
            best, most = Mended(candidate, tree), worth
    return best


def _bare(text: Text) -> Text:
    return _dedented(without_prefixes(with_plain_characters(text)))


def _lightly(text: Text) -> Iterator[Text]:
    """The text with signs and prefixes repaired, which loses nothing."""
    yield text
    plain = with_plain_characters(text)
    yield plain
    bare = without_prefixes(plain)
    yield bare
    yield _dedented(bare)
    yield _printed_before(_dedented(bare))
    yield _without_end(_printed_before(_dedented(bare)))
    yield _printed_before(_without_commands(_dedented(bare)))


def _heavily(text: Text) -> Iterator[Text]:
    """The text with lines left out, put apart and indented; what keeps most of the code is taken."""
    text = _printed_before(text)
    split = split_lines(text, _is_complete)
    sifted, parts = _dedented(_sifted(text)), _dedented(_sifted(split))
    if _is_flat(sifted.text):
        yield indented(sifted)
        yield _without_faults(indented(sifted))
        yield _without_faults(indented(closed(sifted)))
    else:
        yield _without_faults(text)
        yield _without_faults(sifted)
        yield _without_faults(_dedented(closed(sifted)))
    if parts.text != sifted.text:
        for one in (parts, closed(parts)):
            yield _without_faults(indented(one) if _is_flat(one.text) else one)


def _is_complete(line: str) -> bool:
    """Whether a line is a statement, or the head of one, by itself."""
    bare = line.strip()
    return isinstance(parsed(bare), ast.Module) or (
        bare.endswith(":") and isinstance(parsed(f"{bare} pass"), ast.Module)
    )


def _worth(tree: ast.Module) -> int:
    """How much of a program a tree has: calls of what has the name of a layer, definitions, assignments."""
    worth = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            worth += 10 if is_layer_name(name) else 0
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Return)):
            worth += 5
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            continue  # `wte = nn.Embedding(9, 3),` is an argument of a call that was closed too early
        elif isinstance(node, (ast.Assign, ast.For, ast.Import, ast.ImportFrom)):
            worth += 2
    return worth


def _says_something(tree: ast.Module) -> bool:
    """Whether there is a program in a tree: something that is called."""
    return any(isinstance(node, ast.Call) for statement in tree.body[:20_000] for node in ast.walk(statement))


def _dedented(text: Text) -> Text:
    """The common margin of all lines taken away; a tab counts as four blanks where both are mixed."""
    if "\t" in text.text:
        text = text.replaced(r"^[ ]*\t[ \t]*", lambda m: m[0].replace("\t", "    "), "")
    margin = re.match(r"[ ]*", textwrap.dedent(text.text) and _margin(text.text))
    width = len(margin[0]) if margin else 0
    return text.edited(_margins(text.text, width)) if width else text


def _margin(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return " " * min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)


def _margins(text: str, width: int) -> Iterator[Edit]:
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield Edit(at, at + width, "")
        at += len(line)


def _without_end(text: Text) -> Text:
    """The text without its last statement at the margin, where it is cut off in that and no layer stands there."""
    found = parsed(text.text)
    if isinstance(found, ast.Module) or not re.search("was never closed|unexpected EOF|unterminated", found.msg or ""):
        return text
    last = max((m.start() for m in re.finditer(r"^(?=[^\s)\]}#])", text.text, re.MULTILINE)), default=0)
    builds = any(is_layer_name(word) for word in re.findall(r"[A-Z]\w+(?=\()", text.text[last:]))
    if not last or builds:
        return text
    return text.edited([Edit(last, len(text.text), "")], "the end, which is cut off, left out")


_COMMAND = re.compile(r"^[ \t]*(?:%{1,2}|!|\?)[A-Za-z][^\n]*", re.MULTILINE)


def _without_commands(text: Text) -> Text:
    """`%matplotlib inline` and `!pip install …`, which are for the notebook and not for Python."""
    found = _COMMAND.finditer(text.text)
    return text.edited((Edit(m.start(), m.end(), "") for m in found), "commands of a notebook left out")


_PRINT = re.compile(r"^([ \t]*)print[ \t]+(?![=(])(.*?)(,?)[ \t]*(#.*)?$", re.MULTILINE)


def _printed_before(text: Text) -> Text:
    """`print x` of Python 2."""
    found = _PRINT.finditer(text.text)
    edits = (Edit(m.start(), m.end(), f"{m[1]}print({m[2].lstrip('>')})") for m in found if _is_expression(m[2]))
    return text.edited(edits, "print of Python 2 read as a function")


def _is_expression(text: str) -> bool:
    return len(text) < 1_000 and isinstance(parsed(f"({text.lstrip('>')})"), ast.Module)


# ---------------------------------------------------------------- lines that are no code

_RULED = r"^[\s|│┃├└─═━┏┡┓┩]*(?:[_=\-─━]{5,}|Layer\s+\(\s*type|Total params|Trainable params|Non-trainable|Model: \")"
_ROW = r"\((?:None|-1|\?)[,)]|\[(?:None|-1), |^\s*\S+\s+\(?\S+\)?\s+(?:\[|\()?-?\d.*\d\s*$|^[\s│├└─|]*\S+-\d+\s"
_TABLE = re.compile(f"{_RULED}|{_ROW}")
_WORDS = re.compile(r"^\s*[^\W\d]\w*(?:[ ,']+[^\W\d]\w*){3,}")
_INSIDE = re.compile(r"""[()\[\]{}=,'":#]|^\s*[\w.]+\s*$|^\s*$|^\s*(?:for|if|else)\s""")


def _sifted(text: Text) -> Text:
    """Lines that are no code left out: prose around, printed output between."""
    edits: list[Edit] = []
    at, depth, quoted = 0, 0, ""
    for line in text.text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if quoted:
            quoted = "" if bare.count(quoted) % 2 else quoted
        elif depth > 0 and _INSIDE.search(bare) and not (_TABLE.search(bare) and "=" not in bare):
            depth = max(depth + _turn(bare), 0)
        elif _is_code(bare):
            depth = max(_turn(bare), 0)
            quoted = next((q for q in ('"""', "'''") if bare.count(q) % 2), "")
        elif bare.strip():
            edits.append(Edit(at, at + len(bare), ""))
            depth = 0
        at += len(line)
    return text.edited(edits, "text that is no code left out")


def _turn(line: str) -> int:
    """How many brackets a line opens more than it closes."""
    return sum((t.kind == "open") - (t.kind == "close") for t in tokens(line))


def _is_code(line: str) -> bool:
    """Whether a line may be a statement, or a part of one."""
    bare = line.strip()
    if not bare or bare.startswith("#"):
        return True
    if _TABLE.search(line) and not re.search(r"\w\s*=\s*\w|\.add\(", line):
        return _is_complete(line)
    if re.fullmatch(r"[)\]},\s]+|pass|break|continue|return|try:|else\s*:|finally:|except.*:|\"\"\".*|'''.*", bare):
        return True
    if re.match(r"[a-z_]\w*\s*:\s*[A-Za-z_][\w\[\], .|]*=", bare):
        return True
    if starts().match(bare):
        return "=" in bare or not (
            _WORDS.match(bare) and not re.match(r"from|import|for|if|while|class|def|return|with|print", bare)
        )
    return re.match(r"[\w.]+\(|\(|\[", bare) is not None and bare[-1:] in "),[({:"


# ---------------------------------------------------------------- where the parser stops


def _without_faults(text: Text) -> Text:
    """The text without the lines at which the parser stops, one after the other."""
    budget = _TRIED_CHARACTERS
    for _ in range(min(_TRIES, _TOUCHED // (len(text.text) + 1))):
        found = parsed(text.text)
        if isinstance(found, ast.Module):
            break
        number = found.lineno or 1
        lines = re.split(r"(?<=\n)", text.text)
        if number > len(lines):
            number = len(lines)
        while number > 1 and not lines[number - 1].strip():
            number -= 1
        start = sum(map(len, lines[: number - 1]))
        budget -= start + 500
        if budget < 0:
            break
        bare = lines[number - 1].rstrip("\n")
        if not bare.strip():
            break
        text = text.edited([_fault(text.text, bare, start, found)], "lines that cannot be read left out")
    return text


def _fault(text: str, line: str, start: int, found: SyntaxError) -> Edit:
    """What is done about the line at which the parser stops."""
    if isinstance(found, IndentationError) and "unexpected indent" in (found.msg or ""):
        margin = len(line) - len(line.lstrip())
        return Edit(start, start + margin, "")
    if isinstance(found, IndentationError) and "expected an indented block" in (found.msg or ""):
        return Edit(start, start, "    ")
    if isinstance(found, IndentationError) and "unindent does not match" in (found.msg or ""):
        margin = len(line) - len(line.lstrip())
        return Edit(start, start + margin, " " * (margin // 4 * 4))
    return Edit(start, start + len(line), "")


def _is_flat(text: str) -> bool:
    """Whether most blocks are opened with their inside in the same column."""
    found = list(_OPENER.finditer(text))
    flat = sum(len(m[2].expandtabs(4)) <= len(m[1].expandtabs(4)) for m in found)
    return flat > len(found) // 2


_OPENER = re.compile(
    r"^([ \t]*)(?:def|class|for|if|while)\b[^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*([ \t]*)\S", re.MULTILINE
)


def code_spans(text: str) -> list[Span]:
    """Where in a text its code stands, statement by statement, neighbors joined."""
    found = mended(whole(text))
    if found is None:
        return []
    spans = found.spans()
    joined: list[Span] = []
    for statement in found.tree.body:
        span = spans(statement)
        between = "" if not joined else re.sub(r"#[^\n]*", "", text[joined[-1].end : span.start])
        if joined and not BEFORE.sub("", between).strip("; \t\n"):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            line = text.rfind("\n", 0, span.start) + 1
            alone = BEFORE.fullmatch(text[line : span.start]) is not None
            joined.append(Span(line, span.end) if alone else span)
    return joined
