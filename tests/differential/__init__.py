"""Random networks over the whole catalogue, compared layer by layer with what Keras and PyTorch build.

    python -m tests.differential --networks 2000 --seed 0 [--convention keras|torch] [--family convolution]

A family file in `families/` defines FAMILY and registers
- writers, `@FAMILY.layer(axes=SPATIAL)`: a function (draw, arriving) -> text of a layer for what arrives;
- builders, `@FAMILY.keras(LayerClass)` and `@FAMILY.torch(LayerClass)`: a function (layer, arriving shapes) -> the
  framework's layer or module (or `Built`, or `function(…)` without parameters). `plain(layer)` has its arguments as
  numbers. A builder raises RefusedError where the framework has no such layer, NoEquivalentError where its own one
  means something else; every other error of the framework is its refusal.
Differences that are wanted stand in `exceptions.py`, each with its reason.

A run says at its end what it has compared (`coverage.py`): every layer, every argument, every word and answer, and for
numbers the default and another one. An argument counts only where the builder has read it. Some networks are aimed at
what is missing so far (`aiming.py`). A run of 2,000 networks that misses something is red, unless `reach.py` says why
it cannot be reached; what is declared there and reached after all is red, too.
"""
