#!/usr/bin/env bash
# Compile every example in every style with pdflatex: no error, no overfull box.
set -euo pipefail
symparams=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
compile() { # name
    if ! (cd "$out" && pdflatex -interaction=nonstopmode -halt-on-error -no-shell-escape "$1.tex" > "$1.out" 2>&1); then
        echo "LaTeX fails on $1:"; grep -A4 '^!' "$out/$1.log" || true; return 1
    fi
    if grep -q -E 'Overfull|LaTeX Warning: (Reference|There were undefined)' "$out/$1.log"; then
        # references are settled in a second run
        (cd "$out" && pdflatex -interaction=nonstopmode -halt-on-error -no-shell-escape "$1.tex" > "$1.out" 2>&1)
        if grep -q -E 'Overfull|undefined references|multiply defined' "$out/$1.log"; then
            echo "LaTeX warns on $1:"; grep -A2 -E 'Overfull|undefined references|multiply defined' "$out/$1.log"; return 1
        fi
    fi
}
count=0
for style in steps formula lesson table textbook; do
    for example in examples/*.arch; do
        name=$(basename "$example" .arch)-$style
        "$symparams" solve "$example" --format latex --standalone --style "$style" -o "$out/$name.tex"
        compile "$name"
        count=$((count + 1))
    done
    "$symparams" solve examples/*.arch --format latex --standalone --style "$style" -o "$out/all-$style.tex"
    compile "all-$style"
    count=$((count + 1))
done
echo "LaTeX: $count documents compiled, no overfull box"
