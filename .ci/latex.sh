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
sample="examples/gpt2.arch examples/lenet5-letters.arch examples/resnet50.arch examples/mobilenet.arch examples/unet.arch examples/bilstm-imdb.arch"
letters="--set L=L --set d=d --set h=h --set V=V --set T=T"
for style in answer steps formula lesson table textbook; do
    "$symparams" solve examples/*.arch --format latex --standalone --style "$style" -o "$out/all-$style.tex"
    compile "all-$style"
    # shellcheck disable=SC2086
    "$symparams" solve $sample --quantity all --format latex --standalone --style "$style" -o "$out/quantities-$style.tex"
    compile "quantities-$style"
    # shellcheck disable=SC2086
    "$symparams" solve examples/gpt2.arch $letters --quantity all --format latex --standalone --style "$style" -o "$out/letters-$style.tex"
    compile "letters-$style"
done
echo "LaTeX: every example in every style, further quantities and symbolic depth compiled, no overfull box"
