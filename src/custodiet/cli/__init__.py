"""The command line: parse, call one use case, print. No decision about the domain is made here."""

from custodiet.cli.shell import main

__all__ = ["main"]
