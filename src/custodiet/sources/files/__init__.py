"""Readers of delivered files: one module for each format; every byte ends in a record or is counted."""
