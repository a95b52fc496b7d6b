"""Named tables and queries as values: what crosses a seam in bulk."""
