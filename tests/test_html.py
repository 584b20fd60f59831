"""Pages in HTML: read back strictly, with the numbers of the JSON, harmless whatever users write."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symparams as sp
from symparams.algebra.formula import Formula
from symparams.algebra.mathml import MATHML
from symparams.algebra.notation import shown
from symparams.algebra.notations import PLAIN
from symparams.documents.html_page import tied
from symparams.documents.mathml_lines import in_line
from symparams.documents.rendering import COMPARISON_STYLES, STYLES, Style, standalone
from symparams.errors import Source
from symparams.sources.reader import read_expression
from tests.conftest import EXAMPLES
from tests.html_reader import numbers, read
from tests.test_cli import refused, run
from tests.test_formats import ANSWERED, COMPARED, NETWORKS, SEARCHED, built

_ALL = ("shape", "params", "macs", "flops", "activations", "memory", "cache", "field")
HOSTILE = [
    "</title><script>alert(1)</script>",
    "&amp; & &#60; <b>\"quoted\" 'so'</b>",
    "--> ]]> </style></main> <!-- \\( $x$ {{ 7*7 }} << 7 >>",
]


def check(page: str) -> None:
    _, faults = read(page)
    assert faults == []


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NETWORKS)
def test_solutions(name: str, style: Style) -> None:
    page = sp.parse(NETWORKS[name]).solve(style, quantities=list(_ALL)).to_html()
    check(page)
    assert page == sp.parse(NETWORKS[name]).solve(quantities=list(_ALL)).to_format("html", style)


def test_comparisons_searches_and_diagnoses() -> None:
    for one, other, values in COMPARED:
        for style in COMPARISON_STYLES:
            check(sp.compare(built(one), built(other), **values).to_format("html", style))  # type: ignore[arg-type]
    for text, letters, target, layer in SEARCHED:
        check(built(text).find(*letters, target=target, layer=layer).to_html())
    for text, layer, answer, quantity in ANSWERED:
        for style in STYLES:
            check(built(text).diagnose(answer, layer, quantity).to_html(style))


def leaves(found: object) -> set[str]:
    """The whole numbers of a JSON, as documents write them."""
    if isinstance(found, dict):
        return set().union(*map(leaves, found.values()))
    if isinstance(found, list):
        return set().union(*map(leaves, found))
    return {f"{found:,}"} if type(found) is int else set()


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "transformer"])
def test_every_number_of_the_json_is_on_the_page(name: str) -> None:
    solution = sp.load(EXAMPLES / f"{name}.arch").solve("steps")
    found = json.loads(solution.to_json())
    kept = ("output_shape", "params", "biases", "trainable", "non_trainable")
    wanted = leaves([[one[key] for key in kept if key in one] for one in (found, *found["layers"])])
    assert len(wanted) >= 10
    tree, faults = read(solution.to_html())
    assert faults == []
    assert wanted - set(numbers(tree.every("main")[0].text())) == set()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_page_has_the_numbers_of_the_plain_text(name: str, style: Style) -> None:
    solution = sp.parse(NETWORKS[name]).solve(style, quantities=list(_ALL))
    tree, _ = read(solution.to_html())
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]", lambda m: f" {'⁰¹²³⁴⁵⁶⁷⁸⁹'.index(m[0])} ", solution.to_text())
    said = " ".join(piece for one in tree.every("main") for piece in one.pieces())
    assert set(numbers(said)) == set(numbers(text))


@cache
def formulas() -> tuple[Formula, ...]:
    texts = [
        "k", "(k_h*k_w*C_in + 1)*C_out", "floor((H - 3)/2) + 1", "ceil((floor((H + 2*p - k)/s) + 1)/2)", "25088*4096",
        "2*(a - 3)^2 - (b + c)/d", "alpha + b2", "max(a, b)*min(c, d) % 7", "-a - b",
        "(a + b + c + d + e + 123456789*f)/(g + h + 987654321*i*j*l + m*n)", "1/3 + 0.25", "2^n*(1 - x)^(2*n)",
        "64*k^2*C + 1634304*k^2 + 2097152*floor(H/32)*floor(W/32) + 20886632 - (a*floor(b/2) + c)*(d - e*floor(f/3))",
    ]  # fmt: skip
    return tuple(read_expression(Source("test", text)) for text in texts)


def said(mathml: str) -> str:
    """The letters, numbers and operators of a formula, in the order of reading."""
    return re.sub(r"[\s()·*\u2061\u2062/]|mod", "", re.sub("<[^>]*>", "", mathml))


@pytest.mark.parametrize("formula", formulas(), ids=str)
def test_a_formula_says_the_same_as_in_plain_text(formula: Formula) -> None:
    plain = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]", lambda m: str("⁰¹²³⁴⁵⁶⁷⁸⁹".index(m[0])), shown(formula, PLAIN))
    assert said(shown(formula, MATHML)) == re.sub(r"[\s()·^_/]|mod", "", plain)


@pytest.mark.parametrize("formula", formulas(), ids=str)
def test_pieces_make_up_the_formula_and_are_short(formula: Formula) -> None:
    text = shown(formula, MATHML)
    page = in_line(text)
    check(standalone(f"<p>{page}</p>", "html"))
    assert said(page) == said(text)
    pieces = page.split("<wbr>")
    if len(pieces) > 1:
        assert all(len(said(piece)) <= 34 for piece in pieces)
    for piece in pieces[1:]:
        assert not re.match(r"<math><mo>[+−]</mo>", piece), "a sign between two terms has spaces on both sides"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30))
def test_words_are_escaped(text: str) -> None:
    for made in (MATHML.word(text), MATHML.indexed("<mi>P</mi>", text), MATHML.blank(text)):
        check(standalone(f"<p>{in_line(made)}</p>", "html"))


def quoted(title: str) -> str:
    return '"' + title.replace('"', "'") + '"'


@pytest.mark.parametrize("title", HOSTILE)
def test_what_a_user_writes_is_harmless(title: str, tmp_path: Path) -> None:
    net = sp.parse(f"model {quoted(title)}\ninput(9, 9, C) -> conv(F, 3) as a -> flatten -> dense(10)")
    for style in STYLES:
        page = net.solve(style).to_html()
        check(page)
    tree, _ = read(net.solve("steps").to_html())
    title = quoted(title)[1:-1]
    assert tree.every("h1")[0].text() == f"{title}: step by step"
    assert tree.every("title")[0].text().startswith(title[:60])
    assert "<script" not in page
    check(sp.compare(net, net).to_html("steps"))


def test_a_page_needs_nothing_but_itself() -> None:
    page = sp.load(EXAMPLES / "mnist-63.arch").solve("textbook").to_html()
    assert set(re.findall(r"url\(\"(.{9})", page)) == {"data:font"}
    assert not re.search(r"<script|<link|<img|@import|https?:", page)


def test_marks_stay_with_the_formula_that_they_touch() -> None:
    page = standalone(
        f"<p>a ({in_line('<mi>k</mi>')} b {in_line('<mi>l</mi>')}), c {in_line('<mi>m</mi>')} d</p>", "html"
    )
    whole = [one.text() for one in read(page)[0].every("span")]
    assert whole == ["(k", "l),"]


def test_steps_fold_and_are_open_at_first() -> None:
    tree, _ = read(sp.load(EXAMPLES / "mnist-63.arch").solve("steps").to_html())
    folding = tree.every("details")
    assert len(folding) >= 3
    assert all("open" in one.attributes and one.every("h2") and one.every("div") for one in folding)


def test_a_rule_has_a_number_that_leads_to_it() -> None:
    tree, _ = read(sp.load(EXAMPLES / "mnist-63.arch").solve("textbook").to_html())
    names = [one.attributes["id"] for one in tree.every("div") if "id" in one.attributes]
    assert "rule:mnist-with-63-filters:conv:params" in names
    linked = [one.attributes["href"] for one in tree.every("p") for one in one.every("a")]
    assert linked == [f"#{name}" for name in names]


def test_the_command_writes_pages(tmp_path: Path) -> None:
    example = str(EXAMPLES / "mnist-63.arch")
    for arguments in (
        ("solve", example),
        ("solve", example, "--standalone"),
        ("solve", example, str(EXAMPLES / "lenet5.arch"), "--style", "textbook"),
        ("solve", example, "--layer", "conv_2"),
        ("summary", example),
        ("compare", example, str(EXAMPLES / "lenet5.arch")),
        ("find", "-e", "input(28,28,32) -> conv(63,k)", "--target", "params=50463", "--unknown", "k"),
        ("diagnose", example, "--layer", "conv_2", "--answer", "630"),
        ("answer", "-e", "model = Sequential([Conv2D(63, 3, input_shape=(26, 26, 32))])\nWhy 18207 parameters?"),
    ):
        status, out, _ = run(*arguments, "--format", "html", "-o", str(tmp_path / "x.html"))
        assert (status, out) == (0, ""), arguments
        page = (tmp_path / "x.html").read_text("utf-8")
        check(page)
        assert run(*arguments, "--format", "html")[1] == page, "the same input, the same bytes"


def test_a_template_of_ones_own_writes_the_page_itself(tmp_path: Path) -> None:
    (tmp_path / "t.j2").write_text("<p>{{ s.title|plain }}: {{ s.total|math }}</p>\n", "utf-8")
    solve = ("solve", "-e", "model 'A & B' input(k) -> dense(3)", "--template", str(tmp_path / "t.j2"))
    told = "<p>A &amp; B: <math><mn>3</mn><mi>k</mi><mo>+</mo><mn>3</mn></math></p>\n"
    assert run(*solve, "--format", "html")[1].replace("<mo>\u2062</mo>", "") == told
    whole = run(*solve, "--format", "html", "--standalone")[1]
    check(whole)
    assert "<title>A &amp; B: 3" in whole
    assert refused("solve", "-e", "input(3)", "--standalone").startswith(
        "--standalone goes with --format latex, typst or html\n"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "<p><math><mrow>k</mrow></math></p>", "<p><math><mi>k</mi> + <mi>l</mi></math></p>", "<p>a</p",
        "<p><b>a</b></p>", "<p><math><mfrac><mi>a</mi></mfrac></math></p>", "<p><a href='#b'>a</a></p>", "text",
        "<p>", "</p>",
        "<h1>a</h1><h3>b</h3>", "<table><tbody><tr><th></th></tr></tbody></table>", "<p onclick='x'>a</p>",
        "<!-- a -->",
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(wrong: str) -> None:
    page = standalone("", "html").replace("</main>", f"{wrong}</main>")
    assert read(page)[1]


# ------------------------------------------------------------ formulas and the marks that touch them

PIECES = ["<math>)(</math>", "(", ")", ".", ",", "x", " ", "\n", "<h2>", "<p>", "<math><mi>a</mi></math>"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_formula_stays_with_the_marks_that_touch_it(body: str) -> None:
    def together(found: re.Match[str]) -> str:
        return f'<span class="whole">{found[0]}</span>' if found[1] or found[3] else found[0]

    assert tied(body) == re.sub(r"(\(?)(<math>.*?</math>)([).,;:?!]*)", together, body, flags=re.DOTALL)


def test_marks_on_both_sides_of_a_formula() -> None:
    assert tied("(<math>a</math>), <math>b</math> (<math>c</math>") == (
        '<span class="whole">(<math>a</math>),</span> <math>b</math> <span class="whole">(<math>c</math></span>'
    )
