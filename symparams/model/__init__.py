"""What a layer is, what its arguments are, and networks of layers."""
