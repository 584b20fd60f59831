"""Models that a framework holds in memory -> what was read of them; a framework is imported only where one is given."""
