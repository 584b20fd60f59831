"""A network beside a second witness, layer by layer: a framework that builds it, or another text of it."""
