"""The statements of a witness's memory, for SQLite."""
