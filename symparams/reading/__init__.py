"""What people bring -> a network: one door for every kind of text, each kind read by one module."""
