#!/usr/bin/env bash
# The appendix over all of examples/, in every format; its LaTeX on A4 and B5 pages and in two columns, without a warning.
# Usage: appendix.sh PROGRAM
set -euo pipefail
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for format in html pdf markdown json; do
    "$program" appendix examples/*.arch -o "$work/$format" --format "$format"
    "$program" appendix examples/*.arch -o "$work/$format" --format "$format" --check
done
"$program" appendix examples/*.arch -o "$work/book"
"$program" appendix examples/*.arch -o "$work/book" --check

page() { # name, options of the class, options of the page
    printf '%s\n' "\\documentclass[$2]{article}\\usepackage[$3]{geometry}" \
        '\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\usepackage{lmodern,textcomp,microtype}' \
        '\usepackage{amsmath,amssymb,array,booktabs,graphicx,longtable}' \
        '\begin{document}\appendix\input{appendix}' \
        '\raggedright\bibliographystyle{plain}\bibliography{symparams}\end{document}' > "$1.tex"
}
cd "$work/book"
page a4 11pt a4paper,margin=25mm
page b5 11pt paperwidth=176mm,paperheight=250mm,margin=20mm
page columns 10pt,twocolumn a4paper,margin=18mm
compile() {
    pdflatex -interaction=nonstopmode -halt-on-error "$1" > /dev/null || { tail -n 30 "$1.log"; return 1; }
}
for name in a4 b5 columns; do
    (
        compile $name && bibtex -terse $name && for _ in 1 2 3; do compile $name; done
        warnings=$(grep -E '^Overfull|^! |Warning' $name.log || true)
        [ -z "$warnings" ] || { printf '%s:\n%s\n' "$name" "$warnings"; exit 1; }
        grep 'Output written' $name.log
    ) &
done
status=0
for job in $(jobs -p); do wait "$job" || status=1; done
exit $status
