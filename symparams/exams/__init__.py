"""Exams: questions made from networks, drawn, checked and marked."""
