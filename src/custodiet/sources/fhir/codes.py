"""What the codes of an AuditEvent mean here: action, channel and outcome."""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.model.access import Action, Channel

#: `AuditEvent.action`; E (execute) is settled by the other codes.
_ACTIONS = {"C": Action.COLLECTION, "R": Action.CONSULTATION, "U": Action.ALTERATION, "D": Action.ERASURE}

#: Codes of type, subtype, category and code that say more than `action` does (DICOM, FHIR interactions, IHE).
_DISCLOSURE = frozenset({"110106", "disclosure", "disclose", "110104"})
_COLLECTION = frozenset({"110107", "import"})  # the receiver's own entry of a disclosure
_BY_CODE = {
    "create": Action.COLLECTION,
    "update": Action.ALTERATION,
    "patch": Action.ALTERATION,
    "delete": Action.ERASURE,
    "110105": Action.ERASURE,
}
_SEARCH = frozenset(
    {"110112", "search", "search-type", "search-system", "query", "iti-9", "iti-18", "iti-47", "iti-78"}
)

#: Object lifecycle (ISO 21089): 8 aggregation, 10 export, 11 disclosure, 14 and 15 deletion.
_BY_LIFECYCLE = {
    "8": Action.COMBINATION,
    "10": Action.DISCLOSURE,
    "11": Action.DISCLOSURE,
    "14": Action.ERASURE,
    "15": Action.ERASURE,
}
_OUTCOMES = {"0": "success", "4": "minor failure", "8": "serious failure", "12": "major failure"}


def action_of(action: str | None, codes: Iterable[str], lifecycles: Iterable[str]) -> Action:
    """Return which of the six operations the codes show; a consultation where none of them says more."""
    known = {code.lower() for code in codes}
    if known & _COLLECTION:
        return Action.COLLECTION
    if known & _DISCLOSURE:
        return Action.DISCLOSURE
    if action in _ACTIONS:
        return _ACTIONS[action]
    found = [_BY_CODE[code] for code in sorted(known) if code in _BY_CODE]
    found += [_BY_LIFECYCLE[code] for code in lifecycles if code in _BY_LIFECYCLE]
    return found[0] if found else Action.CONSULTATION


def is_search(codes: Iterable[str]) -> bool:
    """Tell whether one of the codes is that of a query."""
    return any(code.lower() in _SEARCH for code in codes)


def channel_of(action: Action, *, search: bool, by_person: bool) -> Channel:
    """Return how it was done: what a machine did on nobody's behalf came by its interface."""
    if action is Action.DISCLOSURE:
        return Channel.EXPORT
    if search:
        return Channel.SEARCH
    if not by_person:
        return Channel.API
    return Channel.VIEW if action is Action.CONSULTATION else Channel.EDIT


def outcome_of(code: str | None) -> str | None:
    """Return the outcome in words where the code is one of DICOM's, else as it is."""
    return None if code is None else _OUTCOMES.get(code, code)
