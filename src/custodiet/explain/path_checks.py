"""What is checked of a template as a whole, once its parts were read: that it leads somewhere, and can ever hold."""

from __future__ import annotations

from custodiet.explain.feasible import impossible
from custodiet.explain.opened import opened
from custodiet.explain.passes import is_learned, readable
from custodiet.explain.reading import Table, likely
from custodiet.explain.scope import Scope
from custodiet.explain.slots import BadSlot, Slot, slots
from custodiet.explain.template import After, Reference, Template
from custodiet.relations.relation import Type

_SLOT_FORM = "e.g. {actor}, {a.incident}, {an:s.role} or {when:a.valid_from}"
#: How strong a template that reads learned groups may be.
MOST_LEARNED = 0.5
#: What of an access says who looked at whom; its other columns lead to nobody.
_ENDS = ("actor", "requester", "subject", "access")


def check_whole(top: Table, template: Template, scope: Scope) -> None:
    """Raise BadPack where the parts do not make a template."""
    _leads_to_both_ends(top, template)
    _reaches_every_hop(top, template)
    _request_is_last(top, template)
    _groups_are_last_and_weak(top, template)
    _windows_can_hold(top, template)
    _differs_can_hold(top, template)
    _fanout_can_be_counted(top, template)
    _awaits_what_it_reads(top, template)
    _sentence_fits(top, template, scope)


def _leads_to_both_ends(top: Table, template: Template) -> None:
    matched = {str(found) for hop in template.path for _, found in hop.match}
    if "access.access" in matched or ("access.subject" in matched and matched & {"access.actor", "access.requester"}):
        return
    end = "subject" if "access.subject" not in matched else "actor"
    columns = "access.subject" if end == "subject" else "access.actor or access.requester"
    top.fail(
        "path",
        "does not lead from the actor to the subject: it would explain everybody",
        found=", ".join(sorted(one for one in matched if one.startswith("access."))) or None,
        expected="matches with access.actor and with access.subject",
        remedy=f"Match a hop with {columns}.",
    )


def _reaches_every_hop(top: Table, template: Template) -> None:
    reached: set[str] = set()
    for table, hop in zip(top.tables("path"), template.path, strict=True):
        if any(found.alias in reached or str(found) in {f"access.{end}" for end in _ENDS} for _, found in hop.match):
            reached.add(hop.alias)
            continue
        table.fail(
            "match",
            f"does not reach hop {hop.alias} from the actor or the subject",
            found=", ".join(str(found) for _, found in hop.match),
            expected="a match with " + ", ".join(f"access.{end}" for end in _ENDS[:3]) + " or with a hop that has one",
            remedy="What says nothing of who looked at whom belongs into `where`, or into no hop.",
        )


def _request_is_last(top: Table, template: Template) -> None:
    for number, hop in enumerate(template.path[:-1]):
        if hop.relation == "explained_request":
            remedy = f"Move hop {hop.alias} to the end of the path."
            top.fail("path", "has hops after explained_request", expected="explained_request as the last hop", remedy=remedy, item=number)  # fmt: skip


def _groups_are_last_and_weak(top: Table, template: Template) -> None:
    """A group is learned: it has no row to rest on, no words of its own, and never more than weak evidence."""
    learned = [is_learned(hop.relation) for hop in template.path]
    for number, hop in enumerate(template.path[:-1]):
        if learned[number] and not all(learned[number:]):
            remedy = f"Move hop {hop.alias} behind the hops over facts."
            top.fail("path", f"has hops over facts after {hop.relation}", expected="learned groups as the last hops", remedy=remedy, item=number)  # fmt: skip
    if any(learned) and template.strength.base > MOST_LEARNED:
        top.table("strength").fail("base", "is too much for a group that was learned", found=template.strength.base, expected=f"at most {MOST_LEARNED}")  # fmt: skip


def _windows_can_hold(top: Table, template: Template) -> None:
    number = impossible(template.windows)
    if number is None:
        return
    table = top.tables("window")[number]
    last = "until" if table.peek("until") else "from"
    alone = impossible([template.windows[number]]) is not None
    table.fail(
        last,
        "can never hold: the window ends before it begins"
        if alone
        else "can never hold together with the windows before",
        found=", ".join(f"{key} = {table.peek(key)}" for key in ("instant", "from", "until") if table.peek(key)),
        expected="windows that some moment can satisfy",
        remedy="A window is [from, until), and a row begins before it ends: look at the signs of the spans.",
    )


def _differs_can_hold(top: Table, template: Template) -> None:
    equal = {
        frozenset({Reference(hop.alias, column), found}): hop for hop in template.path for column, found in hop.match
    }
    for number, pair in enumerate(template.differs):
        found = ", ".join(str(one) for one in pair)
        if pair[0] == pair[1]:
            top.fail("differs", "compares a column with itself", found=found, expected="two columns", item=number)
        if frozenset(pair) in equal:
            top.fail(
                "differs",
                "can never hold",
                found=found,
                expected="two columns that no hop matches with one another",
                remedy=f"Take one of the two out: hop {equal[frozenset(pair)].alias} matches what here must differ.",
                item=number,
            )


def _fanout_can_be_counted(top: Table, template: Template) -> None:
    fanout = template.strength.fanout
    if fanout is None:
        return
    table = top.table("strength").table("fanout")
    if template.after is not After.NOTHING:
        table.fail("through", "cannot be counted in the second pass", expected='no [strength.fanout] where after = "explained"')  # fmt: skip
    try:
        opened(template)
    except ValueError as error:
        expected = "a hop that is matched with access.subject, on a path whose hops meet one another"
        table.fail("through", f"cannot be counted: {error}", found=fanout.through, expected=expected)


def _awaits_what_it_reads(top: Table, template: Template) -> None:
    read = [hop.relation for hop in template.path]
    for number, kind in enumerate(template.needs):
        if readable(kind, second=False) is None or kind not in read:
            kinds = sorted({one for one in read if readable(one, second=False) is not None})
            top.unknown("needs", "names a kind of fact that is not on the path", kind, kinds, item=number)


def _sentence_fits(top: Table, template: Template, scope: Scope) -> None:
    try:
        found = slots(template.sentence)
    except BadSlot as bad:
        expected = "one of " + ", ".join(bad.known) if bad.known else _SLOT_FORM
        remedy = likely(bad.found, bad.known)
        top.fail(
            "sentence",
            f"has a slot that cannot be filled, {bad.slot}",
            found=bad.found,
            expected=expected,
            remedy=remedy,
        )
    for slot in found:
        if slot.reference is not None:
            scope.checked(top, "sentence", slot.reference)
            if is_learned(scope.relations[slot.reference.alias].name):
                top.fail("sentence", f"tells of a learned group, {slot.text}", found=str(slot.reference), expected="a column of a fact or of the access")  # fmt: skip
            _slot_fits(top, slot, scope)


def _slot_fits(top: Table, slot: Slot, scope: Scope) -> None:
    assert slot.reference is not None
    if slot.form == "when" and scope.type_of(slot.reference) is not Type.INSTANT:
        top.fail("sentence", f"tells when of what is no instant, {slot.text}", found=str(slot.reference), expected="a column that holds an instant, e.g. {when:a.valid_from}")  # fmt: skip
    if slot.form in {"person", "words", "an"} and scope.type_of(slot.reference) is not Type.TEXT:
        top.fail("sentence", f"tells in words what is no text, {slot.text}", found=str(slot.reference), expected="a column of texts, e.g. {an:s.role}")  # fmt: skip
