"""Ways in: each module here turns something a user has into a Network."""
