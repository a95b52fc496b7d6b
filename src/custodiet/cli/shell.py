"""The command `custodiet`: its sub-commands, and how an error becomes words and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cyclopts import App, CycloptsError

from custodiet import __version__
from custodiet.cli import audit_commands, demo_commands, intake_commands, vault_commands
from custodiet.cli.printing import print_error
from custodiet.errors import CustodietError, UsageError

HELP = """Whose records were opened, why, and whether that was right; and proof of it.

Exit codes: 0 done; 1 found something wrong in what was checked; 2 usage; 3 bad input, nothing changed; 4 locked or busy;
5 refused (permission, purpose, policy); 6 the environment (disk, key, server).
"""

app = App(name="custodiet", help=HELP, version=__version__, help_format="markdown")
for module in (vault_commands, intake_commands, audit_commands, demo_commands):
    module.register(app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Return the exit code of one command, after it printed what it has to say."""
    try:
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as wrong:
        return _failed(UsageError(f"{wrong} See `custodiet --help`."), arguments)
    except CustodietError as refused:
        return _failed(refused, arguments)
    except BrokenPipeError:
        return _reader_went_away()
    except KeyboardInterrupt:
        print("custodiet: stopped; the vault is as it was after the last commit", file=sys.stderr)
        return 130
    return int(code or 0)


def _failed(error: CustodietError, arguments: Sequence[str]) -> int:
    print_error(error, as_json="--json" in arguments)
    return error.exit_code


def _reader_went_away() -> int:
    """Leave quietly when a pipe's reader (head, less) has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
