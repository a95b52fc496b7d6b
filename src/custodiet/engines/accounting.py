"""Gives the account of one access: every reason found, told in sentences, or what was looked for and not found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import sources_awaited
from custodiet.engines.rows_behind import rows_behind
from custodiet.errors import Refused
from custodiet.explain import compiler, evidence, nearest, second_pass, sentences
from custodiet.explain.awaiting import Awaited, awaits
from custodiet.explain.drawn import Row, Value
from custodiet.explain.pack import Pack
from custodiet.explain.passes import is_learned
from custodiet.explain.plain_words import strength_in_words
from custodiet.explain.sentences import Telling, Wording
from custodiet.explain.template import After, Template
from custodiet.model.explanations import Explanation, State
from custodiet.relations.catalogue import ACCESS, ACCESS_STATE, RELATIONS
from custodiet.relations.relation import Relation

#: The words for an access that is not there, and for one that the reader may not see.
ABSENT = "There is no such access."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that can be said of one access."""

    access: Row
    state: State
    strength: float
    awaits: str | None
    awaited: tuple[
        Awaited, ...
    ]  # every source that may still explain it, furthest behind first; none where it is explained
    explanations: tuple[Explanation, ...]  # strongest first
    called: Mapping[str, str]  # staff number -> rank and number then, of those who recorded what it rests on
    sentence: str  # the strongest reason and how many others apply, or what was looked for


def why(session: Session, pack: Pack, access: int) -> Account:
    """Return the account of the access of that ledger index; raises Refused where there is none.

    Reads the relations of context, `access`, `explanation` and `access_state` in the session.
    """
    rows = session.rows(evidence.access_row(), {"access": access})
    if not rows:
        raise Refused(ABSENT)
    row = _named(ACCESS, rows[0])
    state = _named(ACCESS_STATE, session.rows(evidence.state_row(), {"access": access})[0])
    found = session.rows(evidence.instance_rows(), {"access": access})
    tellings = [
        _telling(session, pack, row, pack.template(template), tuple(rests_on)) for _, template, _, _, rests_on in found
    ]
    wording = _wording(session, row, tellings, pack)
    explanations = _in_force_first(
        [_explanation(one[2:], told, wording, pack) for one, told in zip(found, tellings, strict=True)]
    )
    decided = State(str(state["state"]))
    return Account(
        access=row,
        state=decided,
        strength=float(str(state["strength"])),
        awaits=None if state["awaits"] is None else str(state["awaits"]),
        awaited=() if decided is State.EXPLAINED else awaits(row, sources_awaited(session, pack)),
        explanations=explanations,
        called=_called(session, explanations, row),
        sentence=sentences.account(tellings, wording) if tellings else _lack(session, pack, row, state),
    )


def _explanation(stored: Sequence[Any], telling: Telling, wording: Wording, pack: Pack) -> Explanation:
    group, strength, rests_on = stored
    template, access = telling.template, telling.access["access"]
    assert isinstance(access, int)
    return Explanation(
        access=access,
        template=template.id,
        evidence_group=group,
        strength=strength,
        rests_on=tuple(rests_on),
        sentence=sentences.sentence(telling, wording),
        title=template.title,
        says=strength_in_words(strength, pack.thresholds, template),
        shadow=template.shadow,
        rows=rows_behind(telling, rests_on),
    )


def _in_force_first(explanations: Sequence[Explanation]) -> tuple[Explanation, ...]:
    """What is on trial decides nothing, however strong it is, and comes last."""
    return tuple(sorted(explanations, key=lambda one: one.shadow))


def _called(session: Session, explanations: Sequence[Explanation], access: Row) -> Mapping[str, str]:
    people = sorted({row.recorded_by for one in explanations for row in one.rows if row.recorded_by is not None})
    wording = Wording(ranks=ranks(session, people, moment(access)))
    return {person: wording.person(person) for person in people}


def nearest_miss(session: Session, pack: Pack, actor: str, subject: tuple[str, str], at: datetime) -> str:
    """Return what was looked for and the nearest thing found for a look by `actor` at the subject (identifier, kind)."""
    session.create_table("asked", _one_asked(actor, subject, at))
    return nearest_misses(session, pack)["1"].sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestMiss:
    """What is said of a look that nothing explains, and how its actor was called then."""

    actor: str
    sentence: str


def nearest_misses(session: Session, pack: Pack) -> dict[str, NearestMiss]:
    """Return for each look in the relation `asked`, by its name, what was looked for and the nearest thing found."""
    session.create_table("nearest", nearest.NEAREST_MISS)
    named = {row[0]: nearest.Miss(**dict(zip(_MISS, row[1:], strict=True))) for row in session.rows(_NEAREST_ROWS)}
    called: dict[str, dict[str, str]] = {}
    for name, person, rank in session.rows(evidence.RANK_THEN):
        called.setdefault(name, {})[person] = rank
    told = {}
    for name, actor, kind, at in session.rows(_ASKED_ROWS):
        wording = Wording(ranks=called.get(name, {}), words=pack.words)
        asked = nearest.Asked(actor=actor, subject_kind=kind, at=at)
        sentence = nearest.told(asked, named.get(name), pack.looked_back, wording)
        told[name] = NearestMiss(actor=wording.person(actor), sentence=sentence)
    return told


_MISS = ("kind", "fact", "matter", "matter_kind", "part", "person", "unit", "work", "at", "own", "linked", "same_team")
_NEAREST_ROWS = exp.select("name", *_MISS).from_("nearest")
_ASKED_ROWS = exp.select("name", "actor", "subject_kind", exp.func("epoch_us", exp.column("at"))).from_("asked")


def _one_asked(actor: str, subject: tuple[str, str], at: datetime) -> exp.Select:
    plain = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    texts = {"name": "1", "actor": actor, "subject": subject[0], "subject_kind": subject[1]}
    moment_then = exp.cast(exp.Literal.string(plain.isoformat(sep=" ")), "TIMESTAMP")
    columns = [exp.alias_(exp.Literal.string(text), name) for name, text in texts.items()]
    return exp.select(*columns, exp.alias_(moment_then, "at"))


def ranks(session: Session, people: Sequence[str], at: datetime) -> Mapping[str, str]:
    """Return the rank of each of these people at that moment; who has none then is left out."""
    plain = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    return dict(session.rows(evidence.RANK, {"people": sorted(set(people)), "at": plain}))


def _lack(session: Session, pack: Pack, row: Row, state: Row) -> str:
    subject = (str(row["subject"]), str(row["subject_kind"]))
    found = nearest_miss(session, pack, str(row["actor"]), subject, moment(row))
    if state["awaits"] is None:
        return found
    waiting = [
        nearest.awaited(one.kind, one.source, pack.words) for one in awaits(row, sources_awaited(session, pack))[:1]
    ]
    return " ".join((*waiting, found))


def moment(row: Row) -> datetime:
    """Return when the access of the row was, in UTC."""
    at = row["occurred_at"]
    assert isinstance(at, int)
    return _EPOCH + timedelta(microseconds=at)


def _telling(session: Session, pack: Pack, access: Row, template: Template, rests_on: tuple[int, ...]) -> Telling:
    bindings: dict[str, Row] = {}
    reason = None
    for place, hop in enumerate(template.path):
        if is_learned(hop.relation):
            bindings[hop.alias] = {}  # no row of the ledger: what was learned comes last and has no words
        elif hop.relation == "explained_request":
            reason = _reason(session, pack, access, rests_on[place:])
            bindings[hop.alias] = {"requester": access["requester"], "template": reason.template.id if reason else None}
        else:
            rows = session.rows(evidence.hop_row(hop), {"row": rests_on[place]})
            relation = ACCESS if hop.relation == "explained_access" else RELATIONS[hop.relation]
            bindings[hop.alias] = _named(relation, rows[0])
    return Telling(template=template, access=access, bindings=bindings, reason=reason)


def _reason(session: Session, pack: Pack, access: Row, rests_on: tuple[int, ...]) -> Telling | None:
    """Find again which template of the first pass rests on these rows with the requester in the actor's place."""
    first = pack.of_pass(After.NOTHING)
    columns = compiler.columns_read(pack.templates)
    session.create_table("told_access", evidence.one_access(columns), {"access": access["access"]})
    session.create_table("told_request", second_pass.requested_access("told_access", columns))
    found = [
        (-strength, name, tuple(rows))
        for template in first
        for _, name, _, strength, rows in session.rows(compiler.compiled(template, "told_request"))
        if tuple(rows) == rests_on
    ]
    for name in ("told_access", "told_request"):
        session.drop(name)
    if not found:
        return None
    template = pack.template(min(found)[1])
    return _telling(session, pack, {**access, "actor": access["requester"]}, template, rests_on)


def _wording(session: Session, access: Row, tellings: Sequence[Telling], pack: Pack) -> Wording:
    people = {access[name] for name in ("actor", "requester", "operator")}
    for told in tellings:
        for one in (told, told.reason):
            if one is not None:
                people |= {row.get(name) for row in one.bindings.values() for name in ("person", "supervisor", "actor")}
    numbers = [str(one) for one in people if one is not None]
    called = ranks(session, numbers, moment(access))
    return Wording(ranks=called, templates={one.id: one for one in pack.templates}, words=pack.words)


def _named(relation: Relation, row: Sequence[Any]) -> dict[str, Value]:
    return dict(zip(relation.names, row, strict=True))
