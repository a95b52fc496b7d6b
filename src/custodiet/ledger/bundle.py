"""Evidence bundles: what `bundle.json` says, and the digests of the files beside it. Specified in docs/specs/bundle.md.

Size and root of the log stand nowhere in it: they come from the signed checkpoint alone.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical, parsed
from custodiet.ledger.verifier_key import strict_base64
from custodiet.model.instants import rfc3339

FORMAT = "custodiet bundle/1"
SUMS, BUNDLE, CHECKPOINT, KEY, POLICY, ENTRIES = (
    "SHA256SUMS", "bundle.json", "checkpoint", "log.vkey", "policy.txt", "entries",
)  # fmt: skip
PAGE, TEXT, VERIFIER = "README.html", "README.txt", "verify.py"
#: Files that every bundle has beside its list of digests, and those that some have.
ALWAYS = frozenset({BUNDLE, CHECKPOINT, KEY, PAGE, TEXT, VERIFIER})
_SOMETIMES = re.compile(r"policy\.txt|entries|proofs/(0|[1-9][0-9]*)\.tlog-proof|originals/(0|[1-9][0-9]*)", re.ASCII)
_SUM = re.compile(r"([0-9a-f]{64})  ([!-~]+)")


def proof_file(index: int) -> str:
    """Return the name of the file with the proof of that entry."""
    return f"proofs/{index}.tlog-proof"


def original_file(index: int) -> str:
    """Return the name of the file with the record that the entry was made from."""
    return f"originals/{index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry, with the disclosures of the groups that are shown. What is neither shown nor erased is withheld."""

    index: int
    entry: str
    shown: Mapping[str, str] = field(default_factory=dict)  # group -> disclosure
    erased: tuple[str, ...] = ()  # groups that nobody can show any more, as the maker says

    def member(self) -> dict[str, object]:
        """Return the item as `bundle.json` has it."""
        return {"index": self.index, "entry": self.entry, "shown": dict(self.shown), "erased": list(self.erased)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """All entries [start, end) are in the file `entries`; the proof is the subtrees beside them, left to right."""

    start: int
    end: int
    proof: tuple[bytes, ...]

    def member(self) -> dict[str, object]:
        """Return the range as `bundle.json` has it."""
        return {"from": self.start, "to": self.end, "proof": [b64encode(each).decode() for each in self.proof]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the maker of a list says of its completeness. The tree does not prove it."""

    actor: str
    start: datetime
    end: datetime
    below: int  # the size of the log that was searched
    accesses: int  # access entries in it
    searched: int  # those of them that could be read
    waiting: int  # delivered records that wait in quarantine, and are no entries
    listed: int

    def member(self) -> dict[str, object]:
        """Return the statement as `bundle.json` has it."""
        return {
            "actor": self.actor,
            "from": rfc3339(self.start),
            "to": rfc3339(self.end),
            "below": self.below,
            "accesses": self.accesses,
            "searched": self.searched,
            "waiting": self.waiting,
            "listed": self.listed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Everything that `bundle.json` says."""

    made_at: datetime
    asked: tuple[int, ...]  # the entries that the bundle is about; others give them their meaning
    items: tuple[Item, ...]  # by index
    span: Span | None = None
    statement: Statement | None = None

    @property
    def data(self) -> bytes:
        """Return the bundle as it is stored: canonical JSON."""
        return canonical(
            {
                "schema": FORMAT,
                "made_at": rfc3339(self.made_at),
                "asked": list(self.asked),
                "items": [item.member() for item in self.items],
                "range": None if self.span is None else self.span.member(),
                "statement": None if self.statement is None else self.statement.member(),
            }
        ).encode()

    @classmethod
    def parse(cls, data: bytes) -> Bundle:
        """Return the bundle that the bytes give; raises BadInput unless they are exactly that bundle's."""
        try:
            value: Any = parsed(data.decode("utf-8"))
            bundle = cls(
                made_at=datetime.fromisoformat(value["made_at"]),
                asked=tuple(_number(each) for each in value["asked"]),
                items=tuple(_item(each) for each in value["items"]),
                span=None if value["range"] is None else _span(value["range"]),
                statement=None if value["statement"] is None else _statement(value["statement"]),
            )
            same = bundle.data == data
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput("This is no bundle of evidence.", file=BUNDLE, expected=FORMAT) from error
        if not same:
            raise BadInput("The bundle is not written as bundles are.", file=BUNDLE, expected=FORMAT)
        bundle.check_order()
        return bundle

    def check_order(self) -> None:
        """Raise BadInput unless items and what was asked are in order, each once, and what was asked is there."""
        indices = [item.index for item in self.items]
        if indices != sorted(set(indices)) or list(self.asked) != sorted(set(self.asked) & set(indices)):
            raise BadInput("The items of the bundle are out of order, or what was asked for is not there.", file=BUNDLE)


def sums_data(digests: Mapping[str, str]) -> bytes:
    """Return the list of digests as `sha256sum` writes it, by name."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def parse_sums(data: bytes) -> dict[str, str]:
    """Return each file's SHA-256 in hex; raises BadInput unless the list is in order and names a bundle's files."""
    lines = data.decode("ascii", errors="replace").split("\n")
    found = [_SUM.fullmatch(line) for line in lines[:-1]]
    digests = {each[2]: each[1] for each in found if each is not None}
    if sums_data(digests) != data:
        raise BadInput(
            "The list of digests is malformed.", file=SUMS, expected="lines as sha256sum writes them, by name"
        )
    for name in sorted(ALWAYS | set(digests)):
        if name not in digests:
            raise BadInput("The list of digests lacks a file that every bundle has.", file=SUMS, expected=name)
        if name not in ALWAYS and not _SOMETIMES.fullmatch(name):
            raise BadInput("The list of digests names a file that no bundle has.", file=SUMS, found=name[:80])
    return digests


def _item(value: dict[str, Any]) -> Item:
    texts = [value["entry"], *value["shown"], *value["shown"].values(), *value["erased"]]
    if not all(isinstance(text, str) for text in texts):
        raise BadInput("An item of the bundle is malformed.", file=BUNDLE)
    return Item(
        index=_number(value["index"]), entry=value["entry"], shown=value["shown"], erased=tuple(value["erased"])
    )


def _span(value: dict[str, Any]) -> Span:
    proof = tuple(strict_base64(each) for each in value["proof"])
    return Span(start=_number(value["from"]), end=_number(value["to"]), proof=proof)


def _statement(value: dict[str, Any]) -> Statement:
    start, end = datetime.fromisoformat(value["from"]), datetime.fromisoformat(value["to"])
    counts = {name: _number(value[name]) for name in ("below", "accesses", "searched", "waiting", "listed")}
    if not isinstance(value["actor"], str):
        raise BadInput("The statement of the bundle is malformed.", file=BUNDLE)
    return Statement(actor=value["actor"], start=start, end=end, **counts)


def _number(value: object) -> int:
    if type(value) is not int or value < 0:
        raise BadInput("A number of the bundle is no count.", file=BUNDLE)
    return value
