"""Reads process logs as public bodies publish them: CSV and XES, with or without a mapping file."""

from custodiet.sources.process_logs.judged import read_judged
from custodiet.sources.process_logs.reading import read

__all__ = ["read", "read_judged"]
