"""`python -m symparams`, and the command `symparams`."""

import gc

gc.disable()  # what is imported stays: there is nothing to collect

from symparams.commands.main import run  # noqa: E402

gc.freeze()
gc.set_threshold(100_000)  # of this process alone; in a short one collecting would cost a tenth of the time
gc.enable()

if __name__ == "__main__":
    run()
