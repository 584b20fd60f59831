"""Python source -> a network: read by its syntax tree, followed where it is certain, never executed."""
