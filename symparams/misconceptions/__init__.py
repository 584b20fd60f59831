"""What goes wrong when people count, each mistake an edit of the right derivation."""
