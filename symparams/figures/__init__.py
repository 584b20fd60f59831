"""Networks as pictures: boxes joined, repeats folded, laid out and written as SVG or TikZ."""
