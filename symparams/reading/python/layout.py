"""Lines found again: programs on one line, lost indentation, brackets that are not closed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from symparams.reading.python.damaged import Edit, Text
from symparams.reading.python.scanning import KEYWORDS, OPENS, OPERATORS, Token, layer_names, starts, tokens

_LONG = 100  # characters from which on a line may hold several statements
_DEEPEST = 20  # levels of blocks in blocks
_COMMENT = 1_000  # characters of a comment without an end that are looked through
_BLOCK = re.compile(r"(?:def|class|for|while|if|elif|else|with|try|except|finally)\b.*:\s*(?:#.*)?$", re.DOTALL)


# ---------------------------------------------------------------- one line


def split_lines(text: Text, is_complete: Callable[[str], bool]) -> Text:
    """Statements that stand in one line, each on a line of its own; what is no code between them is left out."""
    edits: list[Edit] = []
    at = 0
    for line in text.text.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if len(bare) > _LONG and not bare.lstrip().startswith("#") and not is_complete(bare):
            found = _statements_in(bare)
            if len(found) > 1 or (found and found[0][0] > 0) or "#" in bare:
                edits += _apart(bare, at, found)
        at += len(line)
    return text.edited(edits, "statements on one line put on lines of their own") if edits else text


def _apart(line: str, at: int, found: Sequence[tuple[int, int, list[tuple[int, int]]]]) -> list[Edit]:
    """Everything but the statements cut out of a line."""
    edits: list[Edit] = []
    behind = 0
    for start, end, comments in found:
        edits.append(Edit(at + behind, at + start, "\n" if behind else ""))
        edits += [Edit(at + a, at + b, " ") for a, b in comments]
        behind = end
    edits.append(Edit(at + behind, at + len(line), ""))
    return [e for e in edits if e.end > e.start or e.new]


def _statements_in(line: str) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """Start and end of each statement of a line, and the comments inside."""
    found: list[tuple[int, int, list[tuple[int, int]]]] = []
    at = 0
    while len(found) < 2_000:
        match = starts().search(line, at)
        while match is not None and match.start() > 0 and re.match(r"[\w.]", line[match.start() - 1]):
            match = starts().search(line, match.start() + 1)
        if match is None:
            return found
        end, comments = _end(line, match.start())
        found.append((match.start(), end, comments))
        at = max(end, match.start() + 1)
    return found


def _end(line: str, start: int) -> tuple[int, list[tuple[int, int]]]:
    """Where a statement ends that begins at a place, and the comments inside."""
    comments: list[tuple[int, int]] = []
    depth, at, behind, ready = 0, start, start, False
    heads = line.startswith(("def ", "class ", "if ", "for ", "while ", "elif ", "else", "with ", "try"), start)
    importing = re.match(r"(?:from\s+[\w.]+\s+)?import\s+", line[start:])
    if importing:
        names = re.compile(r"\s*(?:\([^)]*\)|\*|[\w.]+(?:\s+as\s+\w+)?(?:\s*,\s*[\w.]+(?:\s+as\s+\w+)?)*)")
        match = names.match(line, start + importing.end())
        return (match.end() if match else len(line)), comments
    while at < len(line):
        token = next(tokens(line, at))
        at = token.end
        if token.kind == "space":
            continue
        if token.kind == "comment":
            resumed = _resumed(line, token.start + 1, depth)
            if resumed is None or depth == 0:
                return behind, comments
            comments.append((token.start, resumed))
            at = resumed
            continue
        if depth == 0 and ready and _is_new(token, line):
            return behind, comments
        depth += (token.kind == "open") - (token.kind == "close")
        if depth < 0:
            return behind, comments
        behind = token.end
        ready = token.kind in ("string", "number", "close") or (token.kind == "name" and token.text not in KEYWORDS)
        if heads and depth == 0 and token.text == ":":
            return behind, comments
    return behind, comments


def _is_new(token: Token, line: str) -> bool:
    """Whether a piece cannot go on with an expression that is complete."""
    if token.kind == "name":
        return token.text not in OPERATORS or (
            token.text in ("if", "for") and starts().match(line, token.start) is not None
        )
    if token.kind == "open":
        return line[token.start - 1].isspace() and token.text != "("
    return token.kind in ("string", "number") or token.text in "?!;…"


@cache
def _resumes() -> re.Pattern[str]:
    """What code looks like behind a comment that has lost its end."""
    return re.compile(
        rf"(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*\s*\(|\b(?:{layer_names()})\s*\(|\b[a-z_]\w*\s*=\s*[\w\[('\"]"
        r"|\b(?:def|class)\s+\w+\s*[(:]|\breturn\s+\w+|\bimport\s+\w+|[\])(\[]"
    )


def _resumed(line: str, at: int, depth: int) -> int | None:
    """Where code goes on behind a comment that has lost its end."""
    inner = 0
    for match in _resumes().finditer(line, at, at + _COMMENT):
        if match[0] in "([":
            inner += 1
        elif match[0] in ")]":
            inner -= 1
            if inner < 0:
                return match.start()
        elif inner == 0:
            return match.start()
        else:
            inner += match[0].endswith(("(", "["))
    return None


# ---------------------------------------------------------------- brackets


def closed(text: Text) -> Text:
    """Brackets closed where a statement begins or the text ends, commas put between layers on lines of their own."""
    edits: list[Edit] = []
    open_: list[str] = []
    open_at: list[int] = []  # where each of these stands
    before: Token | None = None  # the last piece that says something
    fresh = True  # whether a line begins
    for token in tokens(text.text):
        del open_at[len(open_) :]
        if token.kind in ("space", "comment"):
            continue
        if token.kind == "newline":
            fresh = True
            continue
        if fresh and open_ and before is not None and _is_next(text.text, token, open_at[len(open_) - 1 :][:1]):
            edits.append(Edit(before.start if before.text == "," else before.end, before.end, "),"))
            open_.pop()
        elif fresh and open_ and before is not None:
            if _begins(text.text, token):
                edits.append(Edit(before.end, before.end, _closers(text.text, open_, before)))
                open_ = []
            elif before.text in ")]" and token.kind == "name" and token.text not in OPERATORS:
                edits.append(Edit(before.end, before.end, ","))
        if token.kind == "open":
            open_.append(token.text)
            open_at.append(token.start)
        elif token.kind == "close":
            missing = ""
            while open_ and OPENS[open_[-1]] != token.text and token.text in (OPENS[o] for o in open_):
                missing += OPENS[open_.pop()]
            if missing:
                edits.append(Edit(token.start, token.start, missing))
            if open_ and OPENS[open_[-1]] == token.text:
                open_.pop()
        before, fresh = token, False
    if open_ and before is not None:
        cut = _cut(text.text, before)
        edits.append(Edit(cut, len(text.text), _closers(text.text, open_, before)))
    return text.edited(edits, "brackets and commas that are missing put in")


_LAYER_CALL = re.compile(r"([ \t]+)(?:\w+\.)*[A-Z]\w*\(")


def _is_next(text: str, token: Token, opened: Sequence[int]) -> bool:
    """Whether a layer begins a line in the same column as the layer whose bracket is open."""
    lines = [text.rfind("\n", 0, place) + 1 for place in (*opened, token.start)]
    heads = [_LAYER_CALL.match(text, line) for line in lines]
    one, other = (heads[0], heads[-1]) if len(heads) == 2 else (None, None)
    return (
        one is not None
        and other is not None
        and one[1] == other[1]
        and lines[0] < lines[1]
        and one.end() == opened[0] + 1
    )


def _closers(text: str, open_: list[str], before: Token) -> str:
    return "".join(OPENS[o] for o in reversed(open_))


def _cut(text: str, before: Token) -> int:
    """Where the last complete piece of a text ends that breaks off inside brackets."""
    if before.kind in ("close", "string", "number") or before.text in "([{,":
        return before.end
    comma = max(text.rfind(mark, 0, before.end) for mark in (",", "(", "["))
    return comma + 1 if comma >= 0 else before.end


def _begins(text: str, token: Token) -> bool:
    """Whether a statement begins with a piece, although a bracket is open."""
    end = text.find("\n", token.start)
    line = text[token.start : end if end >= 0 else len(text)]
    if re.match(r"(?:def|class|return|import|from|print|while|@)\b", line):
        return True
    if re.match(r"(?:self\.)?[A-Za-z_]\w*\s*=\s*[A-Za-z_][\w.]*\(", line):
        return text.rfind("\n", 0, token.start) + 1 == token.start
    method = re.match(r"([a-z_]\w*)\.(\w+)\(", line)
    return method is not None and method[1] not in ("layers", "nn", "tf", "keras", "torch", "np", "math", "x", "self")


# ---------------------------------------------------------------- indentation


def indented(text: Text) -> Text:
    """Lost indentation found again: what follows `def`, `class`, `for`, `if` in the same column stands inside it."""
    edits: list[Edit] = []
    blocks: list[tuple[str, int]] = []  # kind and level of the blocks that are open
    lines = _logical(text.text)
    for index, (start, end) in enumerate(lines):
        line = text.text[start:end]
        word = re.match(r"@|\w+", line.strip())
        kind = word[0] if word else ""
        following = text.text[lines[index + 1][0] : lines[index + 1][1]].strip() if index + 1 < len(lines) else ""
        level, blocks = _level(kind, line.strip(), following, blocks)
        if level > _DEEPEST:
            return text
        edits.append(Edit(start, start + len(line) - len(line.lstrip(" \t")), "    " * level))
        opens = _BLOCK.match(line.strip()) is not None
        blocks = [*blocks[:level], (kind, level)] if opens else _behind(kind, following, blocks)
    loops = re.search(r"^[ \t]*(?:for|while)\b.*:", text.text, re.MULTILINE)
    return text.edited(edits, _AGAIN + (_GUESSED if loops else ""))


_AGAIN = "lost indentation found again"
_GUESSED = "; where a loop ends cannot be seen"
_BRANCHES = ("if", "elif", "else", "try", "except", "with", "finally")


def _behind(kind: str, following: str, blocks: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The blocks that are still open behind a line: a branch takes one line, a loop all that can be its own."""
    inner = blocks[-1][0] if blocks else ""
    if kind == "return" and inner not in (*_BRANCHES, "for", "while"):
        return [("class?", 0)] if len(blocks) > 1 and blocks[0][0] == "class" else []
    if inner in _BRANCHES or (inner in ("for", "while") and (not following or _ends_loop(following))):
        return blocks[:-1]
    return blocks


def _level(kind: str, line: str, following: str, blocks: list[tuple[str, int]]) -> tuple[int, list[tuple[str, int]]]:
    """How deep a line stands, and the blocks that are open around it."""
    inside_class = bool(blocks) and blocks[0][0] in ("class", "class?")
    if kind in ("class", "import", "from") or line.startswith("if __name__"):
        return 0, []
    if kind in ("def", "@"):
        header = line if kind == "def" else following
        if inside_class and re.search(r"\(\s*(?:self|cls)\b", header):
            return 1, [("class", 0)]
        return 0, []
    if blocks and blocks[0][0] == "class?":
        return 0, []
    if kind in ("else", "elif", "except", "finally") and blocks:
        return blocks[-1][1] + (blocks[-1][0] in ("def", "class", "for", "while")), blocks
    return (blocks[-1][1] + 1 if blocks else 0), blocks


def _ends_loop(line: str) -> bool:
    """Whether a line stands behind a loop, not in it."""
    return (
        re.match(
            r"return\b|self\.\w+\s*=|.*(?:Sequential\(\*|Model\(|\.compile\(|\.summary\(|Flatten\(|Linear\(.*num_classes)",
            line,
        )
        is not None
    )


def _logical(text: str) -> list[tuple[int, int]]:
    """Start and end of each statement's lines: those inside brackets belong to the line before."""
    found: list[tuple[int, int]] = []
    depth, at = 0, 0
    begin: int | None = None
    for token in tokens(text):
        if token.kind == "newline":
            if begin is not None and depth <= 0:
                found.append((at, token.start))
                begin, depth = None, 0
            if begin is None:
                at = token.end
            continue
        if token.kind not in ("space", "comment") and begin is None:
            begin = token.start
        depth += (token.kind == "open") - (token.kind == "close")
    if begin is not None:
        found.append((at, len(text)))
    return found
