"""Fixed queries of the report: what it counts, and from what."""
