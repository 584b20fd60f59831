"""Notebooks: their code is one program."""

from __future__ import annotations

import json

import pytest

from symparams.errors import Source, SymparamsError
from symparams.reading.notebook import cells, read_notebook, recognised
from symparams.sources.language import built
from tests.reading.test_programs import check, program


def notebook(*codes: str, output: str = "") -> str:
    made = [{"cell_type": "markdown", "source": ["# Ein Netz für Zellen"]}]
    outputs = [{"output_type": "stream", "text": output.splitlines(keepends=True)}] if output else []
    made += [{"cell_type": "code", "source": c.splitlines(keepends=True), "outputs": outputs} for c in codes]  # type: ignore[dict-item]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_the_cells_are_one_program() -> None:
    head, _, tail = program("keras_unet").partition("def get_unet")
    text = notebook("%matplotlib inline\n!pip install keras\n" + head, "def get_unet" + tail, output='Model: "m"\n')
    source = Source("a.ipynb", text)
    read = read_notebook(source)
    assert read.kind == "notebook"
    assert recognised(text) == 1
    check("keras_unet", built(read.statements, source))
    assert cells(source).outputs == ('Model: "m"\n',) * 2
    at = read.statements[3].items[-1].item.at  # type: ignore[union-attr]
    assert text[at.start : at.end] == "Conv2D(f, (3, 3), activation='relu', padding='same')"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"cells": [', "a.ipynb:1:12: this is no notebook: it is not JSON from here on"),
        ('{"a": 1}', "a.ipynb: this is no notebook: it has no cells"),
        ("[]", "a.ipynb: this is no notebook: it has no cells"),
    ],
)
def test_what_is_no_notebook(text: str, message: str) -> None:
    with pytest.raises(SymparamsError) as raised:
        read_notebook(Source("a.ipynb", text))
    assert str(raised.value).partition("\n")[0] == message
    assert recognised(text) == 0
