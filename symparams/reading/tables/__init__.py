"""Printed tables -> networks: text, rows, equations, layers."""
