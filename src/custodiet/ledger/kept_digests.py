"""What is kept of groups that were erased from a segment: their digests, from which the entries can still be made.

Format `custodiet kept/1`: see docs/specs/redaction.md, section 3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical

FORMAT = "custodiet kept/1"
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_GROUP = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class KeptDigests:
    """By entry, the digest of each group that is no longer held."""

    entries: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    def between(self, start: int, end: int) -> dict[int, Mapping[str, str]]:
        """Return what was kept of the entries [start, end), by their place behind `start`."""
        return {index - start: digests for index, digests in self.entries.items() if start <= index < end}

    def of(self, index: int) -> Mapping[str, str]:
        """Return what was kept of the entry; nothing for one that is whole."""
        return self.entries.get(index, {})

    def with_more(self, more: Mapping[int, Mapping[str, str]]) -> KeptDigests:
        """Return these and more; a digest that was kept already stays."""
        indices = sorted({*self.entries, *more})
        return KeptDigests({index: {**more.get(index, {}), **self.of(index)} for index in indices})

    @property
    def text(self) -> str:
        """Return the file's text: one line for each entry."""
        lines = ",\n".join(
            canonical({"index": index, "digests": dict(digests)}) for index, digests in sorted(self.entries.items())
        )
        return f'{{"format":{json.dumps(FORMAT)},"entries":[\n{lines}\n]}}\n'

    @classmethod
    def parse(cls, text: str) -> KeptDigests:
        """Return what the text gives; raises BadInput unless the text is exactly that of what it gives."""
        try:
            kept = cls({line["index"]: _digests(line["digests"]) for line in json.loads(text)["entries"]})
            written = kept.text
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise BadInput("This is no file of kept digests.", expected=FORMAT) from error
        if written != text:
            raise BadInput("This file of kept digests is not written as they are.", expected=FORMAT)
        return kept


def digest_of_kept(wanted: Iterable[tuple[int, str]], kept: Mapping[int, Mapping[str, str]]) -> str:
    """Return the hex SHA-256 over lines of index, group and kept digest, in order: what an approval says of them.

    Raises LookupError for a digest that is not kept.
    """
    lines = (f"{index} {group} {kept[index][group]}\n" for index, group in sorted(wanted))
    return sha256("".join(lines).encode()).hexdigest()


def _digests(value: Mapping[str, str]) -> dict[str, str]:
    for group, digest in value.items():
        if not _GROUP.fullmatch(group) or not _DIGEST.fullmatch(digest):
            raise BadInput("A kept digest makes no sense.")
    if not value:
        raise BadInput("An entry is named of which nothing was erased.")
    return dict(value)
