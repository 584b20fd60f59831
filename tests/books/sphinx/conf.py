"""A book of two chapters for the tests of the extension for Sphinx."""

project = "Counting"
extensions = ["symparams.sphinx"]
exclude_patterns = ["_build"]
