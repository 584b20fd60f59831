"""Calls and the hash of what each is answered here, a JSON line each; run by equal.test.mjs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from hypothesis import Phase, given, seed, settings

from symparams.calls import call
from tests.exams.samples import random_texts

EXAMPLES = Path(__file__).parents[2] / "examples"
NETWORKS = 30  # random ones
EXPORTS = {"moodle": "x.xml", "gift": "x.gift", "json": "x.json", "prairielearn": "x", "latex": "x.tex", "h5p": "x.h5p"}


def calls() -> Iterator[tuple[str, dict[str, object]]]:
    """Every example in every format, random networks, exams, and what is known."""
    texts = [path.read_text("utf-8") for path in sorted(EXAMPLES.glob("*.arch"))]
    for text in texts:
        yield "answer", {"text": text, "format": "html"}
        yield "solve", {"text": text, "format": "json", "quantity": "all"}
        yield "solve", {"text": text, "format": "markdown", "style": "lesson"}
        yield "solve", {"text": text, "format": "latex", "style": "textbook"}
        yield "draw", {"text": text}
        yield "format", {"text": text}
        last = text.rstrip().split("\n")
        yield "hover", {"text": text, "at": f"{len(last)}:{last[-1].rindex('(')}", "format": "json"}
    for text in random_networks():
        yield "solve", {"text": text, "format": "json", "quantity": "all"}
        yield "solve", {"text": text, "format": "html"}
        yield "diagnose", {"text": text, "total": True, "answer": "1000", "format": "text"}
    for name, output in EXPORTS.items():
        text = (EXAMPLES / "exam-cnn.arch").read_text("utf-8")
        yield "exam", {"text": text, "questions": 6, "variants": 2, "format": name, "output": output}
    for name in ("exam-cnn", "gpt2"):
        text = (EXAMPLES / f"{name}.arch").read_text("utf-8")
        yield "appendix", {"text": text, "format": "latex", "pictures": "tikz", "output": "appendix.tex"}
    for name in ("layers", "misconceptions", "families", "operations"):
        yield name, {}


def random_networks() -> list[str]:
    """The same for every run."""
    found: list[str] = []

    @seed(1)
    @settings(max_examples=NETWORKS, database=None, deadline=None, phases=[Phase.generate])
    @given(random_texts())
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


if __name__ == "__main__":
    for operation, arguments in calls():
        given_text = json.dumps(arguments)
        reply = call(operation, given_text)
        line = {"operation": operation, "given": given_text, "ok": json.loads(reply)["ok"]}
        sys.stdout.write(json.dumps({**line, "hash": sha256(reply.encode()).hexdigest()}) + "\n")
