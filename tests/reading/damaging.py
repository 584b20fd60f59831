"""What happens to tables and code on their way into a question: each a change of a text, some of it at random."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from typing import TypeAlias

Damage: TypeAlias = Callable[[str, random.Random], str]


def _each(change: Callable[[str], str]) -> Damage:
    return lambda text, _: "".join(f"{change(line)}\n" for line in text.splitlines())


def _one(change: Callable[[str, random.Random], str], which: str = r"\S") -> Damage:
    """One of the lines of a kind changed."""

    def changed(text: str, chance: random.Random) -> str:
        lines = text.splitlines()
        places = [i for i, line in enumerate(lines) if re.search(which, line)]
        if places:
            place = chance.choice(places)
            lines[place] = change(lines[place], chance)
        return "\n".join(lines) + "\n"

    return changed


def _other_number(found: re.Match[str], chance: random.Random) -> str:
    """A number with two digits exchanged, one left out or one more."""
    text = found[0]
    place = chance.randrange(len(text))
    digit = str(chance.randrange(1, 10))
    return chance.choice(
        [text[:place] + digit + text[place + 1 :], text[:place] + digit + text[place:], f"{text}{digit}"]
    )


def _wrong(text: str, chance: random.Random) -> str:
    """A line with its last number wrong."""
    return re.sub(r"\d+(?=\D*$)", lambda m: _other_number(m, chance), text, count=1)


def _cut(text: str, chance: random.Random) -> str:
    lines = text.splitlines()
    kept = chance.randrange(len(lines) // 2, len(lines))
    return "\n".join([*lines[:kept], chance.choice(["...", "…", ". . .", "[truncated]"])]) + "\n"


def _wrapped(text: str, chance: random.Random) -> str:
    width = chance.choice([40, 60, 72, 76])
    return "".join(f"{line[i : i + width]}\n" for line in text.splitlines() for i in range(0, max(len(line), 1), width))


def _prose(text: str, chance: random.Random) -> str:
    before = chance.choice(
        ["Hi all,\n\nI have the following model:\n\n", "My summary (see below) is\n", "Guten Tag, hier mein Netz:\n\n"]
    )
    return f"{before}{text}\n{chance.choice(['Why is it so many?', 'How is the total computed? Thanks in advance!'])}\n"


# what is done to a table; what is printed in it stays right but where the name says otherwise
TABLES: dict[str, Damage] = {
    "margins lost": _each(str.lstrip),
    "margin": _each(lambda line: f"    {line}"),
    "blanks at ends lost": _each(str.rstrip),
    "runs of blanks": _each(lambda line: re.sub(r"(?<=\S) {2,}", " ", line)),
    "two blanks": _each(lambda line: re.sub(r"(?<=\S) {2,}", "  ", line)),
    "one line": lambda text, _: " ".join(text.split()) + "\n",
    "tabs": _each(lambda line: re.sub(r"(?<=\S) {2,}", "\t", line)),
    "tabs for eight": _each(lambda line: line.replace("        ", "\t")),
    "non-breaking": _each(lambda line: line.replace(" ", "\u00a0")),
    "comment": _each(lambda line: f"# {line}"),
    "mail": _each(lambda line: f"> {line}"),
    "star comment": _each(lambda line: f" * {line}"),
    "docstring": lambda text, _: f'"""\n{text}"""\n',
    "fence": lambda text, _: f"```\n{text}```\n",
    "html": lambda text, _: html.escape(text),
    "pre": lambda text, _: f"<pre><code>{html.escape(text)}</code></pre>\n",
    "rules lost": lambda text, _: re.sub(r"^[_=\-─━┏┳┓┡╇┩├┼┤└┴┘]{3,}\s*\n", "", text, flags=re.MULTILINE),
    "blank lines": _each(lambda line: f"{line}\n"),
    "blank lines lost": lambda text, _: re.sub(r"\n\s*\n", "\n", text),
    "full stops": lambda text, _: re.sub(r"(?<=\d),(?=\d{3})", ".", text),
    "apostrophes": lambda text, _: re.sub(r"(?<=\d),(?=\d{3})", "'", text),
    "no separators": lambda text, _: re.sub(r"(?<=\d),(?=\d{3})", "", text),
    "no None": lambda text, _: text.replace("None", "-1"),
    "question marks": lambda text, _: text.replace("None, ", "?, "),
    "bars": lambda text, _: text.translate(str.maketrans("┃│", "||")),
    "ascii box": lambda text, _: text.translate(str.maketrans("┃│━─═┏┳┓┡╇┩├┼┤└┴┘┌┬┐", "||---+++++++++++++++")),
    "prose": _prose,
    "CRLF": lambda text, _: text.replace("\n", "\r\n"),
    "dashes": lambda text, _: text.replace("--", "–").replace("__", "–"),
    "totals lost": lambda text, _: re.sub(r"(?m)^.*params:.*\n", "", text),
    "title lost": lambda text, _: re.sub(r"(?m)^Model: .*\n", "", text),
    "numbered": lambda text, _: "".join(f"{i:3d} {line}\n" for i, line in enumerate(text.splitlines(), 1)),
    "console": lambda text, _: f">>> model.summary()\n{text}>>> \n",
    "notebook": lambda text, _: f"In [7]: model.summary()\n{text}\nIn [8]: \n",
    "ansi": lambda text, _: re.sub(r"(?<= )(\d[\d,]*)(?![\w.\-])", "\x1b[38;5;34m\\1\x1b[0m", text),
    "progress": lambda text, _: (
        f"{text}Epoch 1/10\n1875/1875 [==============================] - 9s 5ms/step - loss: 0.24\n"
    ),
    "remark": _one(lambda line, _: f"{line}  <-- why?"),
    "remark below": _one(lambda line, _: f"{line}\n   ^ this one I do not understand"),
    "wrapped": _wrapped,
    "cut": _cut,
    "line lost": _one(lambda line, _: ""),
    "line twice": _one(lambda line, _: f"{line}\n{line}"),
    "row lost": _one(lambda line, _: "", r"\((?:None|-1)|\[\d+, "),
    "wrong number": _one(_wrong, r"\d"),
    "wrong total": _one(_wrong, r"Total params"),
    "wrong row": _one(_wrong, r"(?:\((?:None|-1)|\[\d+, ).*\d"),
    "header lost": lambda text, _: re.sub(r"(?m)^.*Layer \(.*\n", "", text),
}

# what may change a number or take one away
WRONG = (
    "cut",
    "line lost",
    "line twice",
    "row lost",
    "wrong number",
    "wrong total",
    "wrong row",
    "wrapped",
    "header lost",
)


def _quotes(text: str, opening: str, closing: str) -> str:
    found, opens = "", True
    for sign in text:
        found += (opening if opens else closing) if sign == '"' else sign
        opens ^= sign == '"'
    return found


def _unclosed(text: str, chance: random.Random) -> str:
    places = [m.start() for m in re.finditer(r"\)", text)]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + text[place + 1 :]


def _broken(text: str, chance: random.Random) -> str:
    """A line broken behind a comma or in the middle."""
    places = [m.end() for m in re.finditer(r", ?| ", text)]
    place = chance.choice(places or [0])
    return f"{text[:place]}\n{text[place:]}"


def _without(text: str, chance: random.Random) -> str:
    lines = text.splitlines()
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines) + "\n"


def _truncated(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) // 3, len(text) + 1)]


def _typo(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return (
        text[:place]
        + chance.choice(["", text[place] * 2, "x", "(", ")", ",", " ", "\n", "'", '"', "0"])
        + text[place + 1 :]
    )


PROGRAMS: dict[str, Damage] = {
    "smart quotes": lambda text, _: _quotes(text, "“", "”"),
    "low quotes": lambda text, _: _quotes(text, "„", "“"),
    "closing quotes": lambda text, _: text.replace('"', "”"),
    "backticks": lambda text, _: _quotes(text, "`", "`"),
    "en dashes": lambda text, _: text.replace("-", "–"),
    "html": lambda text, _: html.escape(text),
    "twice escaped": lambda text, _: html.escape(html.escape(text)),
    "mail": _each(lambda line: f"> {line}"),
    "comment": _each(lambda line: f"# {line}"),
    "console": _each(lambda line: (">>> " if not re.match(r"[ )\]}]", line) else "... ") + line),
    "ipython": lambda text, _: "In [1]: " + "\n   ...: ".join(text.splitlines()) + "\n",
    "numbered": lambda text, _: "".join(f"{i:3d} {line}\n" for i, line in enumerate(text.splitlines(), 1)),
    "numbered with dots": lambda text, _: "".join(f"{i}. {line}\n" for i, line in enumerate(text.splitlines(), 1)),
    "tabs": _each(lambda line: re.sub(r"^(?: {4})+", lambda m: "\t" * (len(m[0]) // 4), line)),
    "one blank": _each(lambda line: re.sub(r"^ +", lambda m: " " * (len(m[0]) // 4), line)),
    "margins lost": _each(str.lstrip),
    "margin": _each(lambda line: f"    {line}"),
    "first line without margin": lambda text, _: text[:1] + re.sub(r"\n(?=.)", "\n    ", text[1:]),
    "one line": lambda text, _: " ".join(text.split()) + "\n",
    "blank lines": _each(lambda line: f"{line}\n"),
    "non-breaking": _each(lambda line: line.replace("    ", "\u00a0\u00a0\u00a0\u00a0")),
    "CRLF": lambda text, _: text.replace("\n", "\r\n"),
    "fence": lambda text, _: f"```python\n{text}```\n",
    "docstring": lambda text, _: f'"""\nmy model\n"""\n{text}',
    "prose": _prose,
    "imports lost": lambda text, _: re.sub(r"(?m)^(?:import|from) .*\n", "", text),
    "comments": _each(lambda line: f"{line}  # 3x3, (see paper)" if line.rstrip().endswith((",", ")")) else line),
    "dots": lambda text, _: f"...\n{text}...\n",
    "markdown stars": lambda text, _: text.replace("__init__", "**init**"),
    "underscores lost": lambda text, _: text.replace("__init__", "init"),
    "diff": _each(lambda line: f"+{line}"),
    "semicolons": _each(lambda line: f"{line};" if line.endswith(")") else line),
    "trailing blanks": _each(lambda line: f"{line}   "),
    "zero-width": lambda text, _: text.replace("(", "(\u200b"),
    "full width": lambda text, _: text.replace("(", "（").replace(")", "）").replace(",", "，"),
    "unclosed": _unclosed,
    "broken line": _broken,
    "broken lines": lambda text, chance: _broken(_broken(text, chance), chance),
    "line lost": _without,
    "truncated": _truncated,
    "typo": _typo,
    "traceback": lambda text, _: (
        f'{text}Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nValueError: no\n'
    ),
}

# what may change the network
CHANGING = ("unclosed", "broken line", "broken lines", "line lost", "truncated", "typo")

UNSEEN = ("line lost", "typo")  # what may leave another program that is right by itself
