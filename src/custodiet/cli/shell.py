"""The command `custodiet`: its sub-commands, and how an error becomes words and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from cyclopts import App, CycloptsError

from custodiet import __version__
from custodiet.cli import (
    audit_commands,
    coverage_commands,
    demo_commands,
    diff_commands,
    doctor_commands,
    evaluate_commands,
    extensions,
    intake_commands,
    ledger_commands,
    pack_commands,
    prove_commands,
    tie_commands,
    vault_commands,
    witness_commands,
)
from custodiet.cli.printing import hear_recovery, print_error, say
from custodiet.errors import CustodietError, EnvironmentFault, UsageError

HELP = """Whose records were opened, why, and whether that was right; and proof of it.

Exit codes: 0 done; 1 found something wrong in what was checked; 2 usage; 3 bad input, nothing changed; 4 locked or busy;
5 refused (permission, purpose, policy); 6 the environment (disk, key, server). 70 a fault in Custodiet itself; 130 stopped from the keyboard.
"""
#: A fault of the program is never taken for a finding of it.
INTERNAL = 70
STOPPED = 130

app = App(name="custodiet", help=HELP, version=__version__, help_format="markdown")
for module in (
    vault_commands,
    intake_commands,
    audit_commands,
    diff_commands,
    coverage_commands,
    tie_commands,
    evaluate_commands,
    pack_commands,
    prove_commands,
    demo_commands,
    doctor_commands,
    ledger_commands,
    witness_commands,
):
    module.register(app)
extensions.register(app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave the process with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:  # noqa: PLR0911 - each way to end has its code
    """Return the exit code of one command, after it printed what it has to say."""
    hear_recovery()
    try:
        code = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as wrong:
        return _failed(UsageError(extensions.absent(app, arguments) or f"{wrong} See `custodiet --help`."), arguments)
    except CustodietError as refused:
        return _failed(refused, arguments)
    except BrokenPipeError:
        return _reader_went_away()
    except OSError as fault:
        return _failed(EnvironmentFault(f"the disk or a file says no: {_said(fault)}."), arguments)
    except KeyboardInterrupt:
        say("stopped; the vault is as it was after the last commit")
        return STOPPED
    except Exception:  # noqa: BLE001 - a fault of the program must not leave with the code of something it found
        traceback.print_exc()
        say("this is a fault in Custodiet itself; what stands above helps to mend it")
        return INTERNAL
    return int(code or 0)


def _said(fault: OSError) -> str:
    what = fault.strerror or "no reason was given"
    return what if fault.filename is None else f"{what} ({fault.filename})"


def _failed(error: CustodietError, arguments: Sequence[str]) -> int:
    print_error(error, as_json="--json" in arguments)
    return error.exit_code


def _reader_went_away() -> int:
    """Leave quietly when a pipe's reader (head, less) has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
