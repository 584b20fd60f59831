"""Formulas: how they are built, written, computed, simplified, compared, summed and solved."""
