"""PostgreSQL with pgAudit: accesses from a server log in csvlog, jsonlog or stderr format."""

from custodiet.sources.pgaudit.settings import FunctionKey, Key, PgAuditSettings, TableKeys
from custodiet.sources.pgaudit.source import LogFormat, pgaudit_source

__all__ = ["FunctionKey", "Key", "LogFormat", "PgAuditSettings", "TableKeys", "pgaudit_source"]
