"""The classes of OCSF that carry access to records, and what each of their activities is here."""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.model.access import Action, Channel


@dataclass(frozen=True, slots=True)
class Deed:
    """What an activity is: one of the six operations, and how it was done."""

    action: Action
    channel: Channel


_VIEW = Deed(Action.CONSULTATION, Channel.VIEW)
_SEARCH = Deed(Action.CONSULTATION, Channel.SEARCH)
_LIST = Deed(Action.CONSULTATION, Channel.LIST)
_TAKE = Deed(Action.CONSULTATION, Channel.EXPORT)
_LOOK = Deed(Action.CONSULTATION, Channel.API)
_ADD = Deed(Action.COLLECTION, Channel.EDIT)
_CHANGE = Deed(Action.ALTERATION, Channel.EDIT)
_REMOVE = Deed(Action.ERASURE, Channel.EDIT)
_GIVE = Deed(Action.DISCLOSURE, Channel.EXPORT)

ENTITY_MANAGEMENT, WEB_RESOURCES, API, WEB_ACCESS, DATASTORE, FILE_HOSTING = 3004, 6001, 6003, 6004, 6005, 6006

#: By class and `activity_id`; README.md says why. What is not here (unknown, other) is a consultation by the interface.
_DEEDS: dict[int, dict[int, Deed]] = {
    ENTITY_MANAGEMENT: {1: _ADD, 2: _VIEW, 3: _CHANGE, 4: _REMOVE} | dict.fromkeys(range(5, 14), _CHANGE),
    WEB_RESOURCES: {1: _ADD, 2: _VIEW, 3: _CHANGE, 4: _REMOVE, 5: _SEARCH, 6: _ADD, 7: _GIVE, 8: _GIVE},
    API: {
        1: Deed(Action.COLLECTION, Channel.API),
        2: _LOOK,
        3: Deed(Action.ALTERATION, Channel.API),
        4: Deed(Action.ERASURE, Channel.API),
    },
    WEB_ACCESS: {1: _VIEW, 2: _VIEW, 3: _CHANGE, 4: _VIEW},
    DATASTORE: {
        1: _VIEW,
        2: _CHANGE,
        3: _LOOK,
        4: _SEARCH,
        5: _CHANGE,
        6: _ADD,
        7: _REMOVE,
        8: _LIST,
        9: _CHANGE,
        10: _VIEW,
    },
    FILE_HOSTING: {
        1: _ADD,
        2: _TAKE,
        3: _CHANGE,
        4: _REMOVE,
        5: _CHANGE,
        6: _TAKE,
        7: _CHANGE,
        8: _CHANGE,
        9: _VIEW,
        10: _CHANGE,
        11: _CHANGE,
        12: _GIVE,
        13: _CHANGE,
        14: _VIEW,
        15: _TAKE,
        16: _LOOK,
        17: _LOOK,
    },
}

#: The classes that are records of this source.
CLASSES = frozenset(_DEEDS)


def deed_of(class_uid: int, activity_id: int | None) -> Deed:
    """Return what the activity of the class is."""
    return _DEEDS[class_uid].get(-1 if activity_id is None else activity_id, _LOOK)
