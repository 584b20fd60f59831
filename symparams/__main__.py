"""`python -m symparams`, and the command `symparams`."""

import gc

gc.disable()  # a process that ends at once frees its memory by ending; collecting costs a tenth of its time

from symparams.commands.main import run  # noqa: E402

if __name__ == "__main__":
    run()
