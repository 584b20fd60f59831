"""Every mistake has its message, tested whole."""

from __future__ import annotations

import re

import pytest

from symparams.errors import Source, SymparamsError
from symparams.sources.language import network
from tests.conftest import GOLDEN

DOCUMENT = GOLDEN / "errors.md"
CASE = re.compile(r"## (?P<title>.+)\n\n```\n(?P<text>(?:.*\n)*?)```\n\n```\n(?P<message>(?:.*\n)*?)```\n")
CASES = list(CASE.finditer(DOCUMENT.read_text("utf-8")))


def message(text: str) -> str:
    with pytest.raises(SymparamsError) as caught:
        network(Source("net.arch", text.removesuffix("\n")))
    return str(caught.value) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_message(case: re.Match[str], request: pytest.FixtureRequest) -> None:
    found = message(case["text"])
    if request.config.getoption("--rewrite"):
        head = f"## {case['title']}\n\n```\n{case['text']}```\n\n```\n"
        document = DOCUMENT.read_text("utf-8")
        document = document.replace(f"{head}{case['message']}```", f"{head}{found}```", 1)
        DOCUMENT.write_text(document, "utf-8")
        return
    assert found == case["message"]


def test_there_are_cases() -> None:
    assert len(CASES) == DOCUMENT.read_text("utf-8").count("\n## ") >= 80
