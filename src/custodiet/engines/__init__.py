"""Adapters that run queries: DuckDB in this process."""
