"""A format: the markup of a wiki, with formulas as plain text."""

from __future__ import annotations

from symparams.extend import PLAIN, Format

_BLOCKS = """\
<% macro title(text) %>
= << text >> =

<% endmacro %>
<% macro heading(text) %>
== << text >> ==

<% endmacro %>
<% macro subheading(text) %>
=== << text >> ===

<% endmacro %>
<% macro strong(text) %>'''<< text >>'''<% endmacro %>
<% macro emphasis(text) %>''<< text >>''<% endmacro %>
<% macro paragraph(text="") %>
<< (caller() if caller is defined else text)|trim >>

<% endmacro %>
<% macro code(text) %>
<pre><< text >></pre>

<% endmacro %>
<% macro items(texts) %>
<% for text in texts %>
* << text >>
<% endfor %>

<% endmacro %>
<% macro chain(left, lines, label="", tag="") %>
<% for line in lines %>
: << left if loop.first >> = << line|replace("\\n", " ") >><< " (" ~ tag ~ ")" if tag and loop.last >>
<% endfor %>

<% endmacro %>
<% macro aligned(rows) %>
<% for left, lines in rows %>
<% for line in lines %>
: << left if loop.first >> = << line|replace("\\n", " ") >>
<% endfor %>
<% endfor %>

<% endmacro %>
<% macro reference(label, tag) %>(<< tag >>)<% endmacro %>
<% macro table(columns, rows, totals=[], tall=false) %>
{|
! << columns|map(attribute="title")|join(" !! ") >>
<% for row in rows + totals %>
|-
| << row|join(" || ") >>
<% endfor %>
|}

<% endmacro %>
"""


def _escaped(text: str) -> str:
    return text.replace("[", "&#91;").replace("{", "&#123;")


WIKI = Format(
    name="wiki",
    notation=PLAIN,
    inline=("<math>", "</math>"),
    escape=_escaped,
    named="<code>{}</code>".format,
    code="<code>{}</code>".format,
    line_break="\n",
    arrow="→",
    back="←",
    cross=" × ",
    dots="…",
    dash="–",
    percent=" %",
    width=200,
    blocks=_BLOCKS,
)
