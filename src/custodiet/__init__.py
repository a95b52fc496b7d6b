"""Custodiet: whose records were opened, why, and whether that was right; and proof of it."""

__version__ = "2026.11.0"
