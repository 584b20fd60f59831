"""Speed and memory, run by hand; every figure is a ratio to a peer measured in the same run."""
