"""What is prose, and what is said where nothing else is found."""

from __future__ import annotations

import re

from symparams.errors import Source, SymparamsError
from symparams.sources.unread import not_found

_WORDS = 4  # so many words in a row are prose
_QUESTION_MARK = re.compile(r"\?(?=\s|$)")
_TWO_WORDS = re.compile(r"[^\W\d_]{2,}[ ,]\s*[\w(]|\d\s+[^\W\d_]{3,}\s*$")
_NEAR = 200  # so far before its mark a question begins


def has_prose(text: str) -> bool:
    """Whether a text has whole clauses in it, or a question."""
    clause = re.search(rf"(?:[^\W\d_]{{2,}}[ ,.;:]+){{{_WORDS}}}", text)
    return clause is not None or has_question(text)


def has_question(text: str) -> bool:
    """Whether words that are no comment stand before a question mark in a line; `Param # 2624` begins none."""
    for mark in _QUESTION_MARK.finditer(text):
        line = text[max(mark.start() - _NEAR, 0) : mark.start()].rpartition("\n")[2]
        if not re.search(r"#(?!\s?\d)", line) and _TWO_WORDS.search(line):
            return True
    return False


def without_comments(text: str) -> str:
    """A text without what stands behind hash marks."""
    return re.sub(r"#[^\n]*", "", text)


def nothing(source: Source) -> SymparamsError:
    """The error for a text without a network."""
    return not_found(
        "there is no network in this text; code of a Keras or PyTorch model, a printed summary, a config or a network "
        "in the language would do",
        source,
    )
