"""States: from the instances of an access to one strength, and from that to explained, weak, pending or unexplained."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.runs import Outcome, Run, outcomes, pack_of
from support.spec_templates import HEAD

ACCESS = """
access
access | actor | subject | occurred_at
900    | p1    | n1      | 2026-03-02 09:00
"""


def queue(name: str, base: float, *, group: str = "g", extra: str = "") -> str:
    """Return a template that a task of the queue of that name explains."""
    head = HEAD.replace('id = "t"', f'id = "{name}"').replace('"g"', f'"{group}"')
    path = f"""
[[path]]
relation = "tasking"
alias = "k"
match = {{ subject = "access.subject", person = "access.actor" }}
where = {{ queue = "{name}" }}
"""
    return f"{head}{extra}{path}\n[strength]\nbase = {base}\n"


def tasks(*queues: str) -> str:
    """Return a task of p1 about n1 for each queue."""
    rows = [f"{number} | p1 | n1 | {name}" for number, name in enumerate(queues, 1)]
    return "\n".join(["", "tasking", "fact | person | subject | queue", *rows, ""])


def told(run: Run, *templates: str, tables: str) -> Outcome:
    """Return what is said of the access."""
    return outcomes(run, pack_of(*templates), ACCESS + tables)[900]


@pytest.mark.parametrize(
    ("base", "state"),
    [(0.9, "explained"), (0.899999, "weak"), (0.3, "weak"), (0.299999, "unexplained"), (1.0, "explained")],
)
def test_thresholds_are_reached_exactly(run: Run, base: float, state: str) -> None:
    """From 0.9 on explained, from 0.3 on weak, to the sixth decimal."""
    one = told(run, queue("a", base), tables=tasks("a"))
    assert (one.state, one.strength, one.template) == (state, base, "a")


def test_templates_of_one_group_do_not_add(run: Run) -> None:
    """0.8 and 0.8 of one group are 0.8: the strongest counts, of equals the first by name is told."""
    one = told(run, queue("a", 0.8), queue("b", 0.8), queue("c", 0.5), tables=tasks("a", "b", "c", "a"))
    assert (one.state, one.strength, one.template) == ("weak", 0.8, "a")
    assert one.found == (("a", 0.8), ("a", 0.8), ("b", 0.8), ("c", 0.5))


def test_groups_add_as_independent_doubts(run: Run) -> None:
    """0.8 of one and 0.5 of another leave a doubt of 0.2 * 0.5; a third of 0.2 one of 0.08."""
    groups = [queue("a", 0.8, group="x"), queue("b", 0.5, group="y"), queue("c", 0.2, group="z")]
    two = told(run, *groups, tables=tasks("a", "b"))
    three = told(run, *groups, tables=tasks("a", "b", "c"))
    assert (two.state, two.strength, two.template) == ("explained", 0.9, "a")
    assert (three.state, three.strength, three.template) == ("explained", 0.92, "a")


def test_without_an_instance_there_is_no_strength(run: Run) -> None:
    """Nothing is found, and nothing is told."""
    one = told(run, queue("a", 0.8), tables=tasks("b"))
    assert one == Outcome(state="unexplained", strength=0.0, template=None, awaits=None, found=())


def test_a_template_in_shadow_is_kept_and_counts_for_nothing(run: Run) -> None:
    """Its instance is there, and strength, state and best template are what they would be without it."""
    shadow = queue("a", 0.95, group="x", extra='status = "shadow"\nshadow_until = 2026-12-31\n')
    alone = told(run, shadow, tables=tasks("a"))
    beside = told(run, shadow, queue("b", 0.5, group="y"), tables=tasks("a", "b"))
    assert (alone.state, alone.strength, alone.template, alone.found) == ("unexplained", 0.0, None, (("a", 0.95),))
    assert (beside.state, beside.strength, beside.template) == ("weak", 0.5, "b")
    assert beside.found == (("a", 0.95), ("b", 0.5))


def test_a_shadow_lends_nothing_to_the_second_pass(run: Run) -> None:
    """A look that only a template in shadow would explain is no reason for the next one."""
    head = HEAD.replace('id = "t"', 'id = "repeat"')
    repeat = f"""{head}after = "explained"
[[path]]
relation = "explained_access"
alias = "e"
match = {{ actor = "access.actor", subject = "access.subject" }}
[strength]
base = 0.93
"""
    tables = ACCESS + "901 | p1 | n1 | 2026-03-02 09:30\n" + tasks("a")
    shadow = queue("a", 0.95, extra='status = "shadow"\n')
    assert {one.state for one in outcomes(run, pack_of(shadow, repeat), tables).values()} == {"unexplained"}


def test_a_retired_template_finds_nothing(run: Run) -> None:
    """It is in the pack for what it once explained."""
    one = told(run, queue("a", 0.95, extra='status = "retired"\n'), queue("b", 0.5), tables=tasks("a", "b"))
    assert (one.state, one.found) == ("weak", (("b", 0.5),))


NEEDS = 'needs = ["tasking"]\n'


def marks(at: str, kind: str = "tasking") -> str:
    """Return the moment up to which the source of the kind has delivered."""
    return f"\nwatermark\nkind | source | delivered_to\n{kind} | queues | {at}\n"


@pytest.mark.parametrize(
    ("at", "state", "awaits"),
    [
        ("2026-03-02 11:00:00", "pending", "tasking from queues"),
        ("2026-03-02 11:00:00.000001", "unexplained", None),
        ("2026-03-02 12:00", "unexplained", None),
        ("2026-03-02 08:00", "pending", "tasking from queues"),
    ],
)
def test_an_access_waits_for_what_has_not_come_in(run: Run, at: str, state: str, awaits: str | None) -> None:
    """The look at 09:00 waits until the queues have delivered beyond it by their two hours of grace."""
    pack = pack_of(queue("a", 0.8, extra=NEEDS), grace={"tasking": timedelta(hours=2)})
    one = outcomes(run, pack, ACCESS + marks(at))[900]
    assert (one.state, one.awaits) == (state, awaits)


def test_only_what_is_neither_explained_nor_weak_waits(run: Run) -> None:
    """A weak reason is a reason; and what a template in shadow needs makes nothing wait."""
    behind = marks("2026-03-02 08:00")
    assert told(run, queue("a", 0.5, extra=NEEDS), tables=tasks("a") + behind).state == "weak"
    assert told(run, queue("a", 0.2, extra=NEEDS), tables=tasks("a") + behind).state == "pending"
    shadow = queue("a", 0.8, extra=NEEDS + 'status = "shadow"\n')
    assert told(run, shadow, queue("b", 0.8), tables=behind).state == "unexplained"


def test_a_kind_that_nobody_delivers_is_not_awaited(run: Run) -> None:
    """There is no data of it, which is for the map of coverage to say."""
    assert told(run, queue("a", 0.8, extra=NEEDS), tables=marks("2026-03-02 08:00", "duty")).state == "unexplained"
