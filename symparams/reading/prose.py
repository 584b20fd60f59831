"""What is prose, and what is said where nothing else is found."""

from __future__ import annotations

import re

from symparams.errors import Source, SymparamsError

_WORDS = 4  # so many words in a row are prose
_ASKED = re.compile(r"^[^#\n]*?[^\W\d_]{2,}[ ,][^#\n?]{0,200}\?+(?=\s|$)", re.M)  # so is a question of two words


def has_prose(text: str) -> bool:
    """Whether a text has whole clauses in it, or a question."""
    clause = re.search(rf"(?:[^\W\d_]{{2,}}[ ,.;:]+){{{_WORDS}}}", text)
    return clause is not None or _ASKED.search(text) is not None


def nothing(source: Source) -> SymparamsError:
    """The error for a text without a network."""
    return SymparamsError(
        "there is no network in this text; code of a Keras or PyTorch model, a printed summary, a config or a network "
        "in the language would do",
        source=source,
    )
