"""Questions for the systems that ask them: one module a format."""
