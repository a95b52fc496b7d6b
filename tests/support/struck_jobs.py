"""What a struck writer does. Each job tells what it was promised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy.ma  # noqa: F401 - loaded here once, and not by each writer anew

from custodiet.logstore.journal import Journal
from custodiet.logstore.layout import Layout
from custodiet.logstore.log import Log
from custodiet.signing.key_folder import KeyFolder
from support.ledgers import ORIGIN, Kept, deed

Tell = Callable[[str], object]


def create(tell: Tell, folder: str) -> None:
    """Make a log in a folder that holds its keys, and tell its size."""
    keys = KeyFolder(Path(folder) / "keys")
    tell(f"committed {Log.create(Path(folder), origin=ORIGIN, signer=keys.signer(), salts=keys.salts()).size}")


def clear_up(tell: Tell, folder: str) -> None:
    """Clear up after a writer that was cut short, and tell how much there was to do."""
    kept = Kept(Path(folder), KeyFolder(Path(folder) / "keys"))
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        tell(f"cleared {len(appender.recovered)}")


def append(tell: Tell, folder: str, table: str) -> None:
    """Append rows, a record and a deed in one commit, and tell the size."""
    kept = Kept(Path(folder), KeyFolder(Path(folder) / "keys"))
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", Path(table))
        appender.append_records("delivery/1", [{"rows": 300}])
        appender.append_deeds([deed()])
        tell(f"committed {appender.commit().size}")


def journal(tell: Tell, folder: str, first: str) -> None:
    """Take three records into the journal, one after the other, and tell each that is kept."""
    with Journal(Layout(Path(folder))) as taking:
        for number in range(int(first), int(first) + 3):
            taking.append({"typ": "note/1", "text": str(number)})
            tell(f"kept {number}")


def drain(tell: Tell, folder: str) -> None:
    """Commit what waits in the journal, and tell the size."""
    kept = Kept(Path(folder), KeyFolder(Path(folder) / "keys"))
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        tell(f"committed {appender.commit().size}")
