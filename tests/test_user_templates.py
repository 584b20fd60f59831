"""Templates of users: what they can do, what they may not, and that their work is bounded whatever they ask for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import symparams as sp
from symparams.documents.metering import Meter
from symparams.errors import LimitError, SymparamsError
from tests.conftest import EXAMPLES

NETWORK = "input(28, 28, C) -> conv(32, 3, relu) -> flatten -> dense(10)"
FORMER = """where H % 2 == 0, H >= 12
range F in 8..64 step 8
input(H, W, 3) -> conv(F, 3, s=2) -> bn -> [conv(F, 3, same) for i in 1..N] -> maxpool(2) -> gap -> dense(10)"""
STEPS = "this template takes more than 1,004,000 steps, which is the limit"
NESTED = "this is nested too deeply"
WIDTH = "a format here fills up to more than 1,000 characters, which is the limit"
PLACES = "a number is rounded to more than 100 places, which is the limit"
DIGITS = "a number here has more than 1,000 digits, which is the limit"
ALONE = "a template of your own must stand alone: it cannot use another one"
FORBIDDEN = "a template may not do this: "

AGAIN = "{% set n = namespace(x=START) %}{% for i in range(60) %}{% set n.x = MORE %}{% endfor %}"
LARGE = "{% set n = namespace(x='a' * 1000000) %}{% for i in range(100) %}{% set y = ([n] * 1000)|FILTER %}{% endfor %}"
OFTEN = "{% set x = START %}{% for i in range(99999) %}{% set y = MORE %}{% endfor %}"


def again(start: str, more: str) -> str:
    return AGAIN.replace("START", start).replace("MORE", more)


def often(start: str, more: str) -> str:
    return OFTEN.replace("START", start).replace("MORE", more)


# Templates that would go on without end or fill the memory, by what they are told.
BOUNDED = {
    STEPS: [
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) if false %}x{% endfor %}{% endfor %}",
        "{% for i in range(999) %}{% for j in range(999) %}{{ s.layers[0].node.layer.title }}{% endfor %}{% endfor %}",
        "{% for a in range(100) %}" * 12 + "{% endfor %}" * 12,
        "{% for x in range(10) recursive %}{% if loop.depth < 20 %}{{ loop(range(10)) }}{% endif %}{% endfor %}",
        "{% for i in range(99999) %}" + "x" * 30000 + "{% endfor %}",
        "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        "{% for i in range(99999) %}{{ number(s.total) }}{% endfor %}",
        "{% for i in range(99999) %}{% set x = further_tables(s) %}{% endfor %}",
        "{% for i in range(99999) %}{% set x = s.further_totals %}{{ validity(s) }}{% endfor %}",
        "{% for i in range(99999) %}{% set x = layer_rows(s.layers, true) %}{% endfor %}",
        "{% set c = cycler(1, 2) %}{% for i in range(99999) %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{% endfor %}",
        "{{ total_rows(s, 10**9) }}",
        "{{ ruled(columns(('a', 1)), [['x' * 1000000]] + [['']] * 90000, []) }}",
        "{{ 'a' * 3 * 10**9 }}",
        "{{ [1] * 10**9 }}",
        "{{ 10**9 * (1,) }}",
        "{% set x = [[1] * 1000] * 10000 %}",
        "{{ 'x'.center(10**9) }}",
        "{{ 'x'|center(10**9) }}",
        "{{ ('x'|e).center(10**9) }}",
        "{{ ('x'|e) * 10**9 }}",
        "{{ 'x'.ljust(10**9) }}",
        "{{ 'x'.zfill(10**9) }}",
        "{{ '\t'.expandtabs(10**9) }}",
        "{{ ('a' ~ '\\n')|indent(10**9) }}",
        "{{ ('a\\n' * 1000)|indent('x' * 100000) }}",
        "{{ ('a' * 100000)|wordwrap(1) }}",
        "{{ ('a' * 100000)|replace('', 'b' * 100000) }}",
        "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
        "{{ ('b' * 100000).join(range(10000)|map('string')|list) }}",
        "{{ range(10000)|join('b' * 100000) }}",
        "{{ [1]|batch(10**9, 0)|list }}",
        "{{ [1]|slice(10**9)|list }}",
        again("'a'", "n.x ~ n.x"),
        again("'a'", "n.x + n.x"),
        again("'a'", "n.x|replace('a', 'aa')"),
        again("'a'", "'%s%s' % (n.x, n.x)"),
        again("'a'", "'{0}{0}'.format(n.x)"),
        again("[]", "[n.x, n.x]"),
        again("()", "(n.x, n.x)"),
        again("{}", "{1: n.x, 2: n.x}"),
        again("{}", "dict(a=n.x, b=n.x)"),
        again("[1]", "n.x + n.x"),
        again("s.total_sum", "n.x * n.x"),
        again("s.total_sum", "(n.x, n.x)|list"),
        AGAIN.replace("START", "'a'").replace(
            "{% set n.x = MORE %}", "{% set y %}{{ n.x ~ n.x }}{% endset %}{% set n.x = y %}"
        ),
        LARGE.replace("FILTER", "sort(attribute='x')"),
        LARGE.replace("FILTER", "sort(false, false, 'x')"),
        LARGE.replace("FILTER", "unique(attribute='x')|list"),
        LARGE.replace("FILTER", "groupby('x')"),
        LARGE.replace("FILTER", "max(attribute='x')"),
        often("range(99999)", "x|list"),
        often("range(99999)", "x|sort(reverse=true)"),
        often("'a' * 100000", "'b' in x"),
        often("[1] * 10000", "x == x[:]"),
        often("[1] * 10000", "x is eq(x)"),
        often("[1] * 10000", "x[::2]"),
        often("'a ' * 10000", "x.split()"),
        often("'a' * 10000", "x|upper"),
        often("'a' * 10000", "x|plain"),
        often("'`a` ' * 1000", "x|prose"),
        often("'é' * 10000", "x|tojson"),
    ],
    NESTED: [
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% block a %}{{ self.a() }}{% endblock %}",
    ],
    "loops are nested more than 12 deep, which is the limit": ["{% for a in [1] %}" * 30 + "{% endfor %}" * 30],
    WIDTH: [
        "{{ '%1000000000d' % 1 }}",
        "{{ '%.1000000000f' % 1 }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ ('%1000000000d'|e) % 1 }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:{}}'.format(1, 10**9) }}",
    ],
    PLACES: ["{{ 1.5|round(10**9) }}", "{{ 1|round(-10**9) }}", "{{ 1.5|round(10**6, 'floor') }}"],
    "a power here has more than 1,000 digits, which is the limit": ["{{ 9**(9**9) }}", "{{ (-2)**(10**9) }}"],
    DIGITS: [again("3", "n.x * n.x"), "{{ ('9' * 100000)|int }}", "{{ ('f' * 100000)|int(0, 16) }}"],
}

# What is refused whatever its size.
REFUSED = {
    "{% include 'x' %}": ALONE,
    "{% import 'x' as y %}": ALONE,
    "{% from 'x' import y %}": ALONE,
    "{% extends 'x' %}": ALONE,
    "{{ ''.__class__.__mro__ }}": FORBIDDEN + "access to attribute '__class__' of 'str' object is unsafe.",
    "{{ math.__func__ }}": FORBIDDEN + "access to attribute '__func__' of 'method' object is unsafe.",
    "{{ '{0.__class__}'.format(1) }}": FORBIDDEN + "access to attribute '__class__' of 'int' object is unsafe.",
    "{{ [s]|map(attribute='__class__')|list }}": FORBIDDEN
    + "access to attribute '__class__' of 'Solution' object is unsafe.",
    "{{ ''|attr('__class__') }}": "No filter named 'attr'.",
    "{{ [1, 2]|random }}": "No filter named 'random'.",
    "{{ (1).to_bytes(10**9, 'big') }}": FORBIDDEN + "`to_bytes` of an int cannot be called",
    "{{ 'a'.encode() }}": FORBIDDEN + "`encode` of a str cannot be called",
    "{{ '{a}'.format_map({'a': 1}) }}": FORBIDDEN + "`format_map` of a str cannot be called",
    "{{ '%*d' % (10**9, 1) }}": FORBIDDEN + "a width is written as a number, not as *",
    "{{ [[1]]|sum(start=[]) }}": FORBIDDEN + "a sum starts with a number",
    "{{ s.network.node('conv_1') }}": FORBIDDEN + "`node` cannot be called",
    "{{ s }}": "a Solution is not text; print one of its attributes",
    "{{ [s.layers[0]] }}": "a LayerEntry is not text; print one of its attributes",
    "{{ s.layers|join }}": "a LayerEntry is not text; print one of its attributes",
    "{{ '%s' % namespace(x=1) }}": "a Namespace is not text; print one of its attributes",
    "{{ '{!r}'.format(s) }}": "a Solution is not text; print one of its attributes",
    "{{ s.total }}": "a formula is printed with `number`, `math` or `formula`",
    "{{ 1/0 }}": "division by zero",
    "{{ 1 + 'a' }}": "unsupported operand type(s) for +: 'int' and 'str'",
    "{% set s.title = 'x' %}": "cannot assign attribute on non-namespace object",
    "{% for %}": "Expected an expression, got 'end of statement block'",
}

# Runs templates and reports what each is told, and the largest memory that was used, in MB.
SCRIPT = """
import json, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, (300, 300))
import symparams as sp
from symparams.documents import metering
metering._STEPS = int(sys.argv[3])
solution = sp.parse(sys.argv[1]).solve()
template = Path(sys.argv[2])
told = []
for text in json.load(sys.stdin):
    template.write_text(text, "utf-8")
    try:
        told.append("a result: " + solution.render(template)[:80])
    except sp.SymparamsError as error:
        told.append(str(error))
(peak,) = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
json.dump([told, int(peak.split()[1]) // 1024], sys.stdout)
"""


@pytest.mark.slow
@pytest.mark.parametrize("steps", [50_000, 1_000_000])
def test_the_work_of_a_template_is_bounded(steps: int, tmp_path: Path) -> None:
    """As it is, and with fewer steps, which takes less time."""
    template = tmp_path / "mine.j2"
    texts = [text for several in BOUNDED.values() for text in several]
    command = [sys.executable, "-c", SCRIPT, NETWORK, str(template), str(steps)]
    done = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, cwd=EXAMPLES.parent, check=False
    )
    assert done.returncode == 0, done.stderr[-1000:]
    told, peak = json.loads(done.stdout)
    messages = [message for message, several in BOUNDED.items() for _ in several]
    for text, message, expected in zip(texts, told, messages, strict=True):
        first = message.split("\n")[0]
        assert first == f"{template}:1:1: {expected}".replace("1,004,000", f"{steps + 4000:,}"), text[:200]
    assert peak < 200


def render(text: str, tmp_path: Path, network: str = NETWORK, format: str = "text") -> str:
    template = tmp_path / "mine.j2"
    template.write_text(text, "utf-8")
    return sp.parse(network).solve().render(template, format)


def message(text: str, tmp_path: Path) -> str:
    with pytest.raises(SymparamsError) as raised:
        render(text, tmp_path)
    return str(raised.value).replace(str(tmp_path / "mine.j2"), "mine.j2")


@pytest.mark.parametrize("text", REFUSED)
def test_what_a_template_may_not_do(text: str, tmp_path: Path) -> None:
    assert message(text, tmp_path) == f"mine.j2:1:1: {REFUSED[text]}\n    {text}\n    ^"


def test_the_line_of_an_error_is_told(tmp_path: Path) -> None:
    assert message("one\n\n## two {{ 1 + 'a' }}\n", tmp_path) == (
        "mine.j2:3:4: unsupported operand type(s) for +: 'int' and 'str'\n    ## two {{ 1 + 'a' }}\n       ^"
    )
    assert message("one\n{{ 1|foo }}", tmp_path).startswith("mine.j2:2:1: No filter named 'foo'.\n")
    assert message("{% macro m() %}\n{{ wrong }}{% endmacro %}\n{{ m() }}", tmp_path).startswith(
        "mine.j2:2:1: 'wrong' is undefined; the names a template can use are about, after, "
    )
    assert message("{% for i in range(9) %}\n{% for j in range(99999) %}\nx" + "{% endfor %}" * 2, tmp_path).startswith(
        f"mine.j2:2:1: {STEPS}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{% if true %}" * 120 + "{% endif %}" * 120,
        "{% if true %}" * 1000 + "{% endif %}" * 1000,
        "{{ " + "(" * 15000 + ")" * 15000 + " }}",
        "{{ " + "not " * 8000 + "1 }}",
        "{{ 1" + "+1" * 15000 + " }}",
        "{{ 1" + "|abs" * 8000 + " }}",
        "{{ s" + ".a" * 15000 + " }}",
        "{{ " + "[" * 15000 + "]" * 15000 + " }}",
    ],
)
def test_templates_that_are_too_deep(text: str, tmp_path: Path) -> None:
    assert message(text, tmp_path) == f"mine.j2: {NESTED}"


def test_files_that_are_no_templates(tmp_path: Path) -> None:
    assert message("x" * 40000, tmp_path) == "mine.j2: the template is larger than 32 KiB, which is the limit"
    (tmp_path / "latin.j2").write_bytes(b"caf\xe9")
    for name, reason in (
        ("latin.j2", "it is not UTF-8 text"),
        ("none.j2", "No such file or directory"),
        (".", "Is a directory"),
        ("x" * 300, "File name too long"),
    ):
        with pytest.raises(SymparamsError) as raised:
            sp.parse(NETWORK).solve().render(tmp_path / name)
        assert str(raised.value) == f"cannot read the template {tmp_path / name}: {reason}"[:601]


def test_what_templates_are_made_for(tmp_path: Path) -> None:
    text = """\
{% macro twice(x) %}{{ x }}{{ x }}{{ caller() if caller is defined }}{% endmacro %}
{{ s.title|plain|default("none", true) }}: {{ s.layers|map(attribute="name")|join(", ") }}.
{% for e in s.layers if e.has_parameters and not e.node.shared %}
{{ loop.index }}/{{ loop.length }} {{ e.name|named }}: {{ one_line(e.account.params) }}{{ "," if not loop.last }}
{% endfor %}
{{ twice("ab"|upper) }} {% call twice(1) %}!{% endcall %} {{ "%5.1f|%-4s|%d%%" % (2.25, "x", 3) }}
{{ "{:,} {name!r:>6}".format(12345, name="n") }} {{ "a-b".split("-")[::-1]|join }} {{ [3, 1, 2]|sort|list }}
{% set ns = namespace(n=0) %}{% for e in s.layers %}{% set ns.n = ns.n + e.counts.params %}{% endfor %}
{{ number(ns.n) }} = {{ number(s.total) }} = {{ number(s.layers|sum(attribute="counts.params")) }}
{{ {"a": 1}.items()|list }} {{ ("x" ~ 1).center(6) }}|{{ 2**10 }} {{ 7 // 2 }} {{ 1 in [1] }} {{ 10|string|length }}
{% for row in layer_rows(s.layers) %}{{ row|join(" | ") }};{% endfor %}

{% filter upper %}filtered{% endfilter %} {{ "long text here"|truncate(9, leeway=0) }} {{ 3.14159|round(2) }}
"""
    assert render(text, tmp_path, "input(4) -> dense(3) -> dense(2)") == (
        "none: input_1, dense_1, dense_2.\n"
        "1/2 dense_1: (n_in + 1)·n_out = (4 + 1)·3 = 15,\n"
        "2/2 dense_2: (n_in + 1)·n_out = (3 + 1)·2 = 8\n"
        "ABAB 11! \x20\x202.2|x   |3%\n"
        "12,345    'n' ba [1, 2, 3]\n"
        "23 = 23 = 23\n"
        "[('a', 1)]   x1  |1024 3 True 2\n"
        "input_1 | 4 | 0;dense_1 | 3 | 15;dense_2 | 2 | 8;\n"
        "FILTERED long... 3.14\n"
    )


def test_templates_of_versions_before_go_on_working(golden: Callable[[str, str], None]) -> None:
    network = sp.parse(FORMER)
    solution = network.solve(quantities=("shape", "params", "macs", "memory", "field"))
    for format_, suffix in (("text", "txt"), ("markdown", "md")):
        golden(f"former-template.{suffix}", solution.render(Path(__file__).parent / "data" / "former.j2", format_))


def test_solutions_and_layers_can_be_asked(tmp_path: Path) -> None:
    text = """\
{% set e = s.layers[1] %}{% set axis = e.account.axes[0] %}
{{ e.known(axis.derivation)|each(meant)|listed }}; {{ e.alike(axis)|each(alike)|join }};
{{ e.of_all_copies(axis.value)|math }}
{{ s.layers|rows(name_cell, "shape", "all_counts.params")|first|join("; ") }}; {{ s.total|number }}
"""
    assert render(text, tmp_path, "input(9, 9, 1) -> conv(4, 3)") == (
        "input height H_in = 9 and kernel height k_h = 3; W_out = 7;\n7\ninput_1; 9 × 9 × 1; 0; 40\n"
    )


def test_the_bound_grows_with_the_network(tmp_path: Path) -> None:
    layers = 4000
    text = "{% for e in s.layers %}{{ e.name }} {{ size(e.shape) }} {{ number(e.counts.params) }} {{ parts(e) }}\n"
    text += "{% endfor %}"
    assert len(render(text, tmp_path, f"input(8) -> [dense(8)] * {layers}").splitlines()) == layers + 1
    with pytest.raises(LimitError):
        Meter(3).spend(1_003_001)
    Meter(3).spend(1_003_000)


def test_a_template_changes_nothing(tmp_path: Path) -> None:
    solution = sp.parse(NETWORK).solve()
    before = solution.to_text()
    (tmp_path / "mine.j2").write_text("{{ s.network.nodes.clear() }}")
    with pytest.raises(SymparamsError):
        solution.render(tmp_path / "mine.j2")
    assert solution.to_text() == before
