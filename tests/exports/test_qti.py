"""The XML of QTI is written with nothing but Python, and reads the same in a parser that others wrote."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symparams.exports.qti import Maker, allowed, written
from tests.conftest import EXAMPLES
from tests.helpers import optional

etree = optional("lxml.etree")
MAKE = Maker("urn:a", "a.xsd")


def test_no_other_package_is_needed() -> None:
    code = (
        "import sys; sys.modules['lxml'] = None\n"
        "from symparams.exports.qti12 import Qti12; from symparams.exports.qti21 import Qti21\n"
        "from tests.exports.qti_samples import SEEDS, packed\n"
        "print(len(packed(Qti12())), len(packed(Qti21())) == len(SEEDS) + 2)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=EXAMPLES.parent, capture_output=True, text=True, check=True)
    assert done.stdout == "2 True\n"


@pytest.mark.extra
@given(st.text(), st.text(), st.text())
def test_any_text_is_read_as_it_was_written(attribute: str, text: str, tail: str) -> None:
    root = etree.fromstring(written(MAKE.root("a", {"b": attribute}, MAKE("c", {}, text), tail)).encode())
    assert root.nsmap[None] == "urn:a"
    assert (root.get("b"), root[0].text or "", root[0].tail or "") == tuple(map(allowed, (attribute, text, tail)))


@pytest.mark.extra
@given(st.text(), st.text())
def test_the_bytes_are_those_of_the_canonical_library(attribute: str, text: str) -> None:
    made = written(MAKE("a", {"b": attribute, "c": "1"}, text, MAKE("d"), text)).rstrip("\n")
    same = etree.Element("a", {"b": allowed(attribute), "c": "1"})
    same.text = allowed(text)
    etree.SubElement(same, "d").tail = allowed(text)
    assert made == etree.tostring(same, encoding="unicode")
