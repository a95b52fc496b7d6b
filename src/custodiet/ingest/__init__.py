"""Ingest: what a source's records mean, and the law that none of them is lost."""
