"""Books: what Sphinx and MyST are told by directives and roles, and what they get for it."""
