"""Which columns of context hold keys of one domain, so that rows of two relations may meet in them.

What ties people privately is left out on purpose: a home address, a telephone number or a declared tie is a reason to look
away, never a reason to look, and a path over them would explain the very misuse that is sought. So are what an actor typed
himself (a quoted reference), his own login, and relations that no matter hangs on (training).
"""

from __future__ import annotations

from enum import StrEnum


class Domain(StrEnum):
    """What a key names."""

    PERSON = "person"
    SUBJECT = "subject"
    INCIDENT = "incident"
    UNIT = "unit"
    AREA = "area"
    CREW = "crew"
    TASK = "task"
    BRIEFING = "briefing"
    PLACE = "place"
    IDENTIFIER = "identifier"


class Tempo(StrEnum):
    """How a row bears on the moment of an access."""

    STATE = "state"  # it must hold at that moment: a posting, a spell of duty
    EVENT = "event"  # it lies some time before or after it: an assignment, a task


#: By relation: which of its columns are keys, and of which domain.
KEYS: dict[str, dict[str, Domain]] = {
    "posting": {"person": Domain.PERSON, "unit": Domain.UNIT, "area": Domain.AREA},
    "supervision": {"person": Domain.PERSON, "supervisor": Domain.PERSON},
    "duty": {"person": Domain.PERSON, "supervisor_for": Domain.UNIT},
    "incident": {"incident": Domain.INCIDENT, "parent": Domain.INCIDENT, "area": Domain.AREA},
    "involvement": {"incident": Domain.INCIDENT, "subject": Domain.SUBJECT},
    "assignment": {
        "incident": Domain.INCIDENT,
        "person": Domain.PERSON,
        "unit": Domain.UNIT,
        "crew": Domain.CREW,
    },
    "tasking": {
        "task": Domain.TASK,
        "subject": Domain.SUBJECT,
        "person": Domain.PERSON,
        "unit": Domain.UNIT,
    },
    "briefing": {
        "briefing": Domain.BRIEFING,
        "subject": Domain.SUBJECT,
        "unit": Domain.UNIT,
        "area": Domain.AREA,
    },
    "subject": {"subject": Domain.SUBJECT, "address": Domain.PLACE},
    "subject_identifier": {"subject": Domain.SUBJECT, "identifier": Domain.IDENTIFIER},
}

#: By relation: columns that sort its rows into few classes, on which a filter may be learned.
CLASSES: dict[str, tuple[str, ...]] = {
    "posting": ("role",),
    "duty": ("duty",),
    "incident": ("incident_kind", "category"),
    "involvement": ("role",),
    "assignment": ("role",),
    "tasking": ("queue",),
}

TEMPO: dict[str, Tempo] = {
    "posting": Tempo.STATE,
    "supervision": Tempo.STATE,
    "duty": Tempo.STATE,
    "subject": Tempo.STATE,
    "subject_identifier": Tempo.STATE,
    "incident": Tempo.EVENT,
    "involvement": Tempo.EVENT,
    "assignment": Tempo.EVENT,
    "tasking": Tempo.EVENT,
    "briefing": Tempo.EVENT,
}

#: Kinds of fact that no path goes over, and why.
LEFT_OUT: dict[str, str] = {
    "staff": "homes and telephones tie people privately",
    "association": "a declared tie is a reason not to look",
    "next_of_kin": "whom somebody named as his own is a reason not to look",
    "account": "a login leads back to the actor himself",
    "subject_merge": "merged numbers are resolved already",
    "training": "no matter hangs on a course",
}
