"""Puts this folder on the path, so that every test can say `from support.drawn_force import ...`."""
