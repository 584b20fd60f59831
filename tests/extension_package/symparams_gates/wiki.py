"""A format: the markup of a wiki, with formulas as plain text."""

from __future__ import annotations

from symparams.extend import PLAIN, Format

_BLOCKS = """\
<% macro title(text) %>
= << text >> =

<% endmacro %>
<% macro heading(text, label="") %>
== << text >> ==

<% endmacro %>
<% macro subheading(text) %>
=== << text >> ===

<% endmacro %>
<% macro strong(text) %>'''<< text >>'''<% endmacro %>
<% macro emphasis(text) %>''<< text >>''<% endmacro %>
<% macro paragraph(text) %>
<< text >>

<% endmacro %>
<% macro code(text) %>
<pre><< text >></pre>

<% endmacro %>
<% macro items() %>
<< caller() >>
<% endmacro %>
<% macro item(text) %>
* << text >>
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
<% macro table(columns, rows, totals=[]) %>
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
    word=str,
    escape=_escaped,
    named="<code>{}</code>".format,
    group=",",
    line_break="\n",
    width=200,
    blocks=_BLOCKS,
)
