"""The one tree of exceptions, each with the exit code that the command line returns for it.

```
CustodietError
├── VerificationFailed   1  what was checked is wrong
├── UsageError           2  the call's words are off
├── BadInput             3  a file or a fact cannot be read; nothing was changed
│   └── BadPack          3  a template, signal or mapping file is wrong
├── Locked               4  another process writes to this vault
├── Refused              5  permission, purpose or policy says no
└── EnvironmentFault     6  disk, key or server
```
Each message is a sentence fit to show. None holds personal data of a subject.
"""

from __future__ import annotations

from typing import ClassVar


class CustodietError(Exception):
    """Anything that Custodiet itself refuses or reports; shown without a traceback."""

    exit_code: ClassVar[int] = 1


class VerificationFailed(CustodietError):
    """What was verified is not what was signed; the message names the first fault."""

    exit_code: ClassVar[int] = 1


class UsageError(CustodietError):
    """The words of the call do not fit; nothing was done."""

    exit_code: ClassVar[int] = 2


class BadInput(CustodietError):
    """Input that cannot be read. Names file, line, field, what was found and what was expected."""

    exit_code: ClassVar[int] = 3

    def __init__(  # noqa: PLR0913 - the parts of a place, what is wrong with it and what to do
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        field: str | None = None,
        found: str | None = None,
        expected: str | None = None,
        remedy: str | None = None,
    ) -> None:
        """Keep the place beside the sentence, so that a caller can show either; `remedy` is a sentence of its own."""
        self.file, self.line, self.field, self.found, self.expected = file, line, field, found, expected
        self.remedy = remedy
        where = ", ".join(
            part
            for part in (
                file,
                f"line {line}" if line is not None else None,
                f"field {field}" if field is not None else None,
            )
            if part
        )
        seen = f" Found {found}." if found is not None else ""
        wanted = f" Expected {expected}." if expected is not None else ""
        told = f"{message}{seen}{wanted} {remedy}" if remedy else f"{message}{seen}{wanted}"
        super().__init__(f"{where}: {told}" if where else told)


class BadPack(BadInput):
    """A template, signal, mapping or pack file that does not say what it must."""


class Locked(CustodietError):
    """Another process is writing to this vault."""

    exit_code: ClassVar[int] = 4


class Refused(CustodietError):
    """Permission, purpose or policy says no. Walled and missing things give the same words."""

    exit_code: ClassVar[int] = 5


class EnvironmentFault(CustodietError):
    """The disk, a key or a server is not as it must be."""

    exit_code: ClassVar[int] = 6
