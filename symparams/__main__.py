"""`python -m symparams`."""

from symparams.cli import run

if __name__ == "__main__":
    run()
