"""What a network has: derivations of shapes, parameters and every further quantity."""
