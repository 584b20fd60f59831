"""Tests of exams: drawing, questions, the command."""
