"""An invented audit run as a report document: twenty findings of different shapes, without randomness."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custodiet.model.access import Action, Channel, SubjectKind
from custodiet.model.deliveries import Counts
from custodiet.model.explanations import State
from custodiet.model.findings import Finding, Signal
from custodiet.model.instants import Interval
from custodiet.model.looks import Purpose
from custodiet.model.provenance import Provenance
from custodiet.model.witnessing import Witnessing
from custodiet.report.audit_document import (
    AuditDocument,
    Awaited,
    Explaining,
    OverlapLine,
    Queue,
    StateCounts,
    Summary,
    TemplateLine,
)
from custodiet.report.basis import Basis
from custodiet.report.coverage import ContextLine, Coverage, DeliveryLine, Gap, QuarantineLine
from custodiet.report.finding_card import AccessLine, Card, DutySpell
from custodiet.report.integrity import Integrity

START = datetime(2026, 10, 19, tzinfo=UTC) - timedelta(hours=1)  # midnight in London, summer time
END = datetime(2026, 11, 2, tzinfo=UTC)  # midnight in London, winter time: the clocks changed between

_POPULATION = "all 2,986 actors with a live account in the period: officers, specials, PCSOs, staff and contractors"
ACCESSES = Basis(
    unit="one access by one actor to one subject",
    clock="time of the access",
    population=_POPULATION,
    rule="every access accepted; each is in exactly one state",
    missing="41 records in quarantine; custody from 24 Oct 2026, 02:00 BST to 06:15 BST",
)
REASONS = Basis(
    unit="one access by one actor to one subject",
    clock="time of the access",
    population=_POPULATION,
    rule="an access is counted once in each template with at least one match of any strength; templates overlap",
    missing="as in the summary",
)
EPISODES = Basis(
    unit="one episode: one actor and one subject, until 30 days pass without access",
    clock="time of the accesses",
    population=_POPULATION,
    rule="at least one access that is not explained; put forward are the twenty with most points and at least one "
    "unexplained access",
)
DELIVERED = Basis(
    unit="one record of the kind that the source is for",
    clock="time of taking in",
    population="every file delivered for the period",
    rule="received = accepted + duplicate + quarantined; a record re-delivered is a duplicate",
)

FACTS = Basis(
    unit="one fact as a source told it",
    clock="time of recording, for “came in up to”",
    population="the facts valid at any time in the period",
    rule="a fact told again by the same source is counted once",
)

_SIGNALS = {
    "same_surname_and_address": (
        60,
        "{actor} and the subject have the surname and the address in common, as both records stood then.",
    ),
    "same_address": (45, "{actor}’s home address then is an address of the subject."),
    "colleague": (40, "The subject is recorded as a member of the workforce in the same unit."),
    "self": (70, "The subject’s identifiers are those of the actor."),
    "off_duty": (25, "{off} of the unexplained accesses fall outside every recorded spell of duty."),
    "no_involvement": (
        20,
        "The subject is involved in no incident, case or task that the actor’s unit touched in the 90 days before.",
    ),
    "repeated": (15, "Accesses on {days} different days, the first and the last {span} days apart."),
    "vague_reason": (10, "The reason given is “enquiry” each time, with no reference."),
    "reused_reason": (15, "The same reference was typed for {other} other subjects who are not involved in it."),
    "reference_does_not_fit": (20, "Incident 2026-114233 was quoted; the subject has no part in it."),
    "beat": (-10, "The subject lives in the area that the actor’s unit serves."),
    "earlier_case": (-15, "The actor dealt with the subject in a case that was closed 140 days earlier."),
}

_SHAPES = (
    ("PC 4127", "officer", "Weymouth Response B", "response", ("same_surname_and_address", "off_duty", "no_involvement", "repeated")),
    ("PS 1180", "officer", "Poole Neighbourhood", "neighbourhood", ("colleague", "off_duty", "no_involvement", "repeated", "vague_reason")),
    ("Staff 70412", "staff", "Control Room C", "control_room", ("same_address", "off_duty", "no_involvement", "repeated")),
    ("PC 5530", "officer", "Dorchester CID", "investigation", ("self", "no_involvement")),
    ("DC 2219", "officer", "Bournemouth CID", "investigation", ("colleague", "no_involvement", "reused_reason", "earlier_case", "repeated")),
    ("PCSO 8021", "pcso", "Bridport Neighbourhood", "neighbourhood", ("same_address", "no_involvement", "beat", "vague_reason")),
    ("PC 3904", "officer", "Roads Policing", "roads", ("off_duty", "no_involvement", "reference_does_not_fit")),
    ("Insp 611", "officer", "Poole Response A", "supervision", ("colleague", "no_involvement")),
    ("Staff 71130", "staff", "Disclosure Unit", "disclosure", ("no_involvement", "reused_reason", "repeated", "vague_reason")),
    ("SC 9107", "special", "Weymouth Response B", "response", ("off_duty", "no_involvement", "vague_reason")),
)  # fmt: skip

_SYSTEMS = ("Records", "Command and control", "Custody", "National computer", "Vehicle cameras")
_CHANNELS = (Channel.SEARCH, Channel.VIEW, Channel.VIEW, Channel.LIST, Channel.PRINT)


def sample_document() -> AuditDocument:
    """Return the invented run."""
    return AuditDocument(
        organisation="Wessex Vale Constabulary",
        period=Interval(start=START, end=END),
        drawn_at=datetime(2026, 11, 4, 9, 30, tzinfo=UTC),
        drawn_by="analyst.03",
        purpose=Purpose.SELF_MONITORING,
        provenance=Provenance(ledger_size=1_934_871, root="3fa9c1e2" * 8, packs="71c0be55" * 8, code="2026.11.0"),
        summary=_summary(),
        explaining=_explaining(),
        queue=Queue(basis=EPISODES, cards=_cards(), before_asking="make sure that no covert matter touches it."),
        coverage=_coverage(),
        integrity=_integrity(),
        simulated=True,
        marking="OFFICIAL-SENSITIVE",
    )


def _summary() -> Summary:
    return Summary(
        basis=ACCESSES,
        states=StateCounts(explained=1_301_115, weak=38_204, pending=9_871, unexplained=52_402),
        actors=2_412,
        subjects=318_660,
        episodes=44_127,
        episodes_basis=EPISODES,
        awaited=(
            Awaited(what="assignment from dispatch", accesses=7_204),
            Awaited(what="duty from roster", accesses=2_667),
        ),
    )


def _explaining() -> Explaining:
    lines = (
        ("assigned-during", "Assigned to an incident the subject is involved in", 702_318, 421_006),
        ("case-owner", "Owner of a case the subject is involved in", 288_412, 120_338),
        ("same-crew", "In the crew of someone assigned", 201_775, 30_412),
        ("call-handler", "Took the call about the subject", 143_090, 77_441),
        ("work-queue", "A task about the subject lay in the unit’s queue", 128_554, 69_917),
        ("custody", "Custody or arrest work on the subject", 96_218, 18_008),
        ("briefing", "Subject on the briefing of the shift or area", 71_036, 31_772),
        ("duty-supervisor", "Supervisor on duty of someone assigned", 58_881, 16_240),
        ("shortly-before", "Assigned soon after, before the incident had its number", 33_417, 29_015),
        ("continued-work", "Own earlier explained access to the same matter", 11_702, 4_112),
    )
    templates = tuple(TemplateLine(template=t, title=n, accesses=a, only_by_this=o) for t, n, a, o in lines)
    matches = sum(line.accesses for line in templates)
    single = sum(line.only_by_this for line in templates)
    three, five = 121_004, 4_318
    two = 1_301_115 + 38_204 - single - three - five - 40_000
    four_or_more = 40_000
    rest = matches - single - 2 * two - 3 * three - 5 * five - 4 * four_or_more
    # the invented lines must tell one number of matches: the difference goes to the largest template
    templates = (
        TemplateLine(
            template=templates[0].template,
            title=templates[0].title,
            accesses=templates[0].accesses - rest,
            only_by_this=templates[0].only_by_this,
        ),
        *templates[1:],
    )
    counts = ((0, 62_273), (1, single), (2, two), (3, three), (4, four_or_more), (5, five))
    return Explaining(
        basis=REASONS,
        templates=templates,
        overlap=tuple(OverlapLine(templates=k, accesses=n) for k, n in counts),
    )


def _cards() -> tuple[Card, ...]:
    cards = sorted(
        (_card(number) for number in range(1, 21)), key=lambda card: (-card.finding.score, card.finding.finding)
    )
    return tuple(replace(card, finding=replace(card.finding, rank=rank)) for rank, card in enumerate(cards, start=1))


def _card(rank: int) -> Card:
    actor, employment, unit, role, names = _SHAPES[(rank - 1) % len(_SHAPES)]
    if rank > len(_SHAPES):
        actor = f"{actor.split()[0]} {int(actor.split()[1]) + 37}"
        names = names[1:] if len(names) > 2 else names
    accesses = _accesses(rank)
    unexplained = sum(line.state is State.UNEXPLAINED for line in accesses)
    days = len({line.occurred_at.date() for line in accesses})
    span = (accesses[-1].occurred_at - accesses[0].occurred_at).days
    signals = tuple(
        Signal(
            signal=name,
            points=_SIGNALS[name][0],
            sentence=_SIGNALS[name][1].format(
                actor=actor, off=max(1, unexplained - 1), days=days, span=span, other=4 + rank
            ),
        )
        for name in names
    )
    return Card(
        finding=Finding(
            finding=_name(rank),
            rank=rank,
            actor=actor.split()[1],
            subject=f"N-{300_417 + rank * 1_913}",
            first_at=accesses[0].occurred_at,
            last_at=accesses[-1].occurred_at,
            accesses=len(accesses) + (12 if rank == 2 else 0),
            unexplained=unexplained,
            systems=tuple(sorted({line.system for line in accesses})),
            signals=signals,
            nearest_miss=f"Looked for an assignment, a crew, a task or a briefing. The closest: {actor} was assigned to "
            "incident 2026-114233 on the same day, in which the subject is not recorded; the incident’s address is in "
            "the next street.",
        ),
        actor=actor,
        employment=employment,
        unit=unit,
        role=role,
        subject_kind=SubjectKind.PERSON,
        accesses=accesses,
        duty=_duty(rank),
        next_steps=(
            "Check whether a declared association or a covert matter covers this relationship.",
            "Check command and control for a call about the subject or the address that was closed without a number.",
            f"Ask the duty supervisor of {unit}, in neutral words, whether there was a task that the systems do not show.",
        ),
    )


def _name(rank: int) -> str:
    return "F-" + "".join("ABCDEFGHJKMNPQRS"[byte % 16] for byte in hashlib.sha256(bytes([rank])).digest()[:8])


def _accesses(rank: int) -> tuple[AccessLine, ...]:
    first = START + timedelta(days=rank % 5, hours=2 + (rank * 5) % 20, minutes=(rank * 17) % 60)
    count = 3 + (rank * 5) % 11
    lines = []
    for i in range(count):
        day = (i * (1 + rank % 3)) % 9
        at = first + timedelta(days=day, hours=(i * 7 + rank) % 9, minutes=(i * 13) % 60, seconds=(i * 29) % 60)
        state = (State.UNEXPLAINED, State.UNEXPLAINED, State.WEAK, State.UNEXPLAINED, State.EXPLAINED)[i % 5]
        if rank == 3 and i == 3:
            state = State.PENDING
        lines.append((at, i, state))
    lines.sort()
    return tuple(
        AccessLine(
            access=410_000 + rank * 900 + n * 11,
            occurred_at=at,
            system=_SYSTEMS[(rank + i) % (2 + rank % 3)],
            action=Action.CONSULTATION,
            channel=_CHANNELS[(i + rank) % 5],
            state=state,
            stated_purpose=("enquiry", None, "intel check")[(i + rank) % 3],
            quoted_reference="2026-114233" if (i + rank) % 4 == 0 else None,
            explanation="on the briefing of the area that day" if state in (State.WEAK, State.EXPLAINED) else None,
        )
        for n, (at, i, state) in enumerate(lines)
    )


def _duty(rank: int) -> tuple[DutySpell, ...]:
    spells = []
    for day in range(14):
        turn = (day + rank) % 10
        if turn in (0, 1, 2, 3, 4, 5):
            start = START + timedelta(days=day, hours=(7, 7, 14, 14, 21, 21)[turn])
            status = "worked" if day < 12 else "planned"
            spells.append(
                DutySpell(duty="duty", status=status, during=Interval(start=start, end=start + timedelta(hours=10)))
            )
        elif turn == 8:
            start = START + timedelta(days=day)
            spells.append(
                DutySpell(duty="leave", status="worked", during=Interval(start=start, end=start + timedelta(days=1)))
            )
    return tuple(spells)


def _coverage() -> Coverage:
    per_day = (
        ("command_and_control", 26_011, 3),
        ("records", 47_802, 0),
        ("custody", 5_204, 0),
        ("national_computer", 4_902, 2),
    )
    deliveries = tuple(
        DeliveryLine(
            source=source,
            delivery=f"{source}_2026-{10 if day < 13 else 11}-{19 + day if day < 13 else 1:02d}.csv",
            counts=_counts(
                base + day * 137 % 911, day * 3 if source == "records" else 0, quarantined if day % 2 else 0
            ),
        )
        for source, base, quarantined in per_day
        for day in range(14)
    )
    return Coverage(
        basis=DELIVERED,
        deliveries=deliveries,
        quarantine=(
            QuarantineLine(source="command_and_control", reason="ambiguous_time", field="EVENT_TIME", records=21),
            QuarantineLine(source="national_computer", reason="unknown_code", field="REASON_CODE", records=9),
            QuarantineLine(source="national_computer", reason="unreadable", field=None, records=5),
        ),
        gaps=(
            Gap(
                source="custody",
                during=Interval(
                    start=datetime(2026, 10, 24, 1, tzinfo=UTC), end=datetime(2026, 10, 24, 5, 15, tzinfo=UTC)
                ),
                sentence="no event for 4 hours 15 minutes, where the longest pause in the four weeks before was 41 minutes.",
            ),
        ),
        context_basis=FACTS,
        context=(
            ContextLine(kind="staff", source="personnel", facts=3_204, delivered_to=END),
            ContextLine(kind="posting", source="personnel", facts=3_377, delivered_to=END),
            ContextLine(kind="duty", source="duties", facts=31_902, delivered_to=END - timedelta(hours=18)),
            ContextLine(
                kind="incident", source="command_and_control", facts=18_114, delivered_to=END - timedelta(hours=2)
            ),
            ContextLine(kind="involvement", source="records", facts=61_205, delivered_to=END - timedelta(hours=2)),
            ContextLine(
                kind="assignment", source="command_and_control", facts=40_990, delivered_to=END - timedelta(hours=5)
            ),
            ContextLine(kind="association", source="personnel", facts=412, delivered_to=None),
            ContextLine(kind="briefing", source=None, facts=0, delivered_to=None),
        ),
    )


def _counts(received: int, duplicate: int, quarantined: int) -> Counts:
    accepted = received - duplicate - quarantined
    return Counts(
        received=received,
        accepted=accepted,
        duplicate=duplicate,
        quarantined=quarantined,
        not_audit=2,
        yielded=accepted + accepted // 9,
    )


def _integrity() -> Integrity:
    return Integrity(
        origin="wessexvale.example/custodiet/main",
        checkpoint="wessexvale.example/custodiet/main\n1934871\nP6nB4j+pweI/qcHiP6nB4j+pweI/qcHiP6nB4j+pweI=\n\n"
        "— wessexvale.example/custodiet/main 8Kx2QmVyeSBpbnZlbnRlZCBzaWduYXR1cmUsIG5vdCBvbmUgdGhhdCB2ZXJpZmllcywgb25seSBhIHNoYXBl\n",
        key="wessexvale.example/custodiet/main+f0ac7642+AVRoaXMga2V5IGlzIGludmVudGVkIGFuZCBzaWducyBub3RoaW5n",
        witnessing=Witnessing(size=1_934_871, quorum=None),
    )
