"""Packs that come with the software."""
