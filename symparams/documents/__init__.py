"""Solutions and answers as documents: what they say, and how each format writes it."""
