"""Answers of a class marked against a bank of questions: points, misconceptions, what the class gets wrong most."""
