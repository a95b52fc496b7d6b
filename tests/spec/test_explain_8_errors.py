"""What is wrong with a template is said with file, line, key, what was found, what was expected, and what to do: whole messages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import BadPack
from custodiet.explain.included import shipped, shipped_names
from custodiet.explain.template_file import read
from custodiet.explain.toml_places import Place, places

GOOD = """id = "t"
version = 1
title = "T"
owner = "o"
evidence_group = "g"
sentence = "{actor} was {an:a.role} of {a.incident}, {when:a.valid_from}."
needs = ["assignment"]

[[path]]
relation = "involvement"
alias = "s"
match = { subject = "access.subject" }

[[path]]
relation = "assignment"
alias = "a"
match = { incident = "s.incident", person = "access.actor" }
where = { role = { not = ["dispatcher"] } }

[[path]]
relation = "posting"
alias = "p"
match = { unit = "a.unit" }

[[window]]
from = "a.valid_from - 1h"
until = "a.valid_to + 7d or a.valid_from + 28d"

[strength]
base = 0.97

[strength.fading]
half_life = "14d"
from = "a.valid_from"

[strength.self_authored]
of = ["a"]
factor = 0.3

[strength.fanout]
through = "s"
most = 40
"""
#: What is put in whose place, and the whole message that comes of it.
CASES = [
    ('id = "t"\n', "", "line 1, field id: is missing. Expected a value for id."),
    ("version = 1", "version = 0", "line 2, field version: is not a count. Found 0. Expected a whole number from 1."),
    (
        'owner = "o"',
        'owner = "o"\nafter = "lunch"',
        "line 5, field after: is not known. Found 'lunch'. Expected one of nothing, explained.",
    ),
    (
        'owner = "o"',
        'owner = "o"\nkeep = "strongst"',
        "line 5, field keep: is not known. Found 'strongst'. Expected one of all, strongest. Did you mean 'strongest'?",
    ),
    (
        'owner = "o"',
        'owner = "o"\nshadow_until = "soon"',
        "line 5, field shadow_until: is not a day. Found 'soon'. Expected a day, without quotes, e.g. 2026-11-30.",
    ),
    (
        "evidence_group",
        "evidense_group",
        "line 5, field evidense_group: is not known here. Found 'evidense_group'. Expected one of evidence_group. Did you mean 'evidence_group'?",
    ),
    (
        'relation = "assignment"',
        'relation = "asignment"',
        "line 15, field path[2].relation: is no relation that a path may have. Found 'asignment'. Expected one of account, assignment, association, briefing, duty, incident, involvement, next_of_kin, posting, staff, subject, subject_identifier, subject_merge, supervision, tasking, training. Did you mean 'assignment'?",
    ),
    (
        'relation = "assignment"',
        'relation = "explained_access"',
        "line 15, field path[2].relation: cannot be on a path of the first pass. Found 'explained_access'. Expected one of account, assignment, association, briefing, duty, incident, involvement, next_of_kin, posting, staff, subject, subject_identifier, subject_merge, supervision, tasking, training. What the first pass explained is known in the second: say after = \"explained\" at the top.",
    ),
    (
        'relation = "assignment"',
        'relation = "finding"',
        "line 15, field path[2].relation: is no relation that a path may have. Found 'finding'. Expected one of account, assignment, association, briefing, duty, incident, involvement, next_of_kin, posting, staff, subject, subject_identifier, subject_merge, supervision, tasking, training. Did you mean 'training'?",
    ),
    (
        'alias = "a"',
        'alias = "s"',
        "line 16, field path[2].alias: is taken. Found 's'. Expected a name that is none of access, s.",
    ),
    (
        'alias = "a"',
        'alias = "A b"',
        "line 16, field path[2].alias: cannot be used. Found 'A b'. Expected a short name of a-z, 0-9 and _, e.g. a.",
    ),
    (
        'incident = "s.incident"',
        'incident = "ss.incident"',
        "line 17, field path[2].match.incident: names no earlier hop. Found 'ss'. Expected one of access, s. Did you mean 's'?",
    ),
    (
        'incident = "s.incident"',
        'incident = "s.incidnt"',
        "line 17, field path[2].match.incident: names no column of involvement. Found 'incidnt'. Expected one of fact, incident, subject, role, valid_from, valid_to, recorded_at, recorded_by, source. Did you mean 'incident'?",
    ),
    (
        'incident = "s.incident"',
        'incidnt = "s.incident"',
        "line 17, field path[2].match.incidnt: is no column of assignment. Found 'incidnt'. Expected one of fact, incident, person, unit, role, crew, valid_from, valid_to, recorded_at, recorded_by, source. Did you mean 'incident'?",
    ),
    (
        'incident = "s.incident"',
        'incident = "a.incident"',
        "line 17, field path[2].match.incident: matches the hop with itself. Found 'a.incident'. Expected a column of access or s. A hop is joined to what stands before it: match it with the access or with an earlier hop.",
    ),
    (
        'match = { subject = "access.subject" }',
        'match = { subject = "access.subject", recorded_by = "a.person" }',
        "line 12, field path[1].match.recorded_by: closes a circle of hops (s -> a -> s). Found 'a.person'. Expected a column of access. Hops are joined one after the other: take one of these matches out (hop a is on line 14).",
    ),
    (
        'match = { subject = "access.subject" }',
        'match = { subject = "access.subject", incident = "p.unit" }',
        "line 12, field path[1].match.incident: closes a circle of hops (s -> p -> a -> s). Found 'p.unit'. Expected a column of access. Hops are joined one after the other: take one of these matches out (hop p is on line 20).",
    ),
    (
        'incident = "s.incident"',
        'incident = "access.occurred_at"',
        "line 17, field path[2].match.incident: cannot be matched. Found 'access.occurred_at'. Expected a column of texts like incident.",
    ),
    (
        'match = { subject = "access.subject" }',
        "match = {}",
        'line 12, field path[1].match: matches nothing: every hop is joined by equality. Expected e.g. { person = "access.actor" }.',
    ),
    (
        'match = { subject = "access.subject" }',
        'match = { incident = "access.quoted_reference" }',
        "line 9, field path: does not lead from the actor to the subject: it would explain everybody. Found 'access.actor, access.quoted_reference'. Expected matches with access.actor and with access.subject. Match a hop with access.subject.",
    ),
    (
        ', person = "access.actor" }',
        " }",
        "line 9, field path: does not lead from the actor to the subject: it would explain everybody. Found 'access.subject'. Expected matches with access.actor and with access.subject. Match a hop with access.actor or access.requester.",
    ),
    (
        'match = { unit = "a.unit" }',
        'match = { source = "access.source" }',
        "line 23, field path[3].match: does not reach hop p from the actor or the subject. Found 'access.source'. Expected a match with access.actor, access.requester, access.subject or with a hop that has one. What says nothing of who looked at whom belongs into `where`, or into no hop.",
    ),
    (
        'where = { role = { not = ["dispatcher"] } }',
        'where = { roll = "x" }',
        "line 18, field path[2].where.roll: is no text of assignment. Found 'roll'. Expected one of incident, person, unit, role, crew, recorded_by, source. Did you mean 'role'?",
    ),
    (
        'where = { role = { not = ["dispatcher"] } }',
        "where = { role = [] }",
        "line 18, field path[2].where.role: is empty. Found []. Expected one text at least.",
    ),
    (
        'where = { role = { not = ["dispatcher"] } }',
        'where = { role = { nott = "x" } }',
        "line 18, field path[2].where.role.nott: is not known here. Found 'nott'. Expected one of not. Did you mean 'not'?",
    ),
    (
        "a.valid_from - 1h",
        "a.valid_from - 1 hour",
        "line 26, field window[1].from: cannot be read. Found 'a.valid_from - 1 hour'. Expected a column that may be moved by a span, e.g. i.valid_to + 28d or a.valid_from + 28d.",
    ),
    (
        'from = "a.valid_from - 1h"\nuntil = "a.valid_to + 7d or a.valid_from + 28d"',
        "",
        "line 25, field window[1].from: is missing, and so is until. Expected at least one bound.",
    ),
    (
        "a.valid_from - 1h",
        "a.role",
        "line 26, field window[1].from: is no instant. Found 'a.role'. Expected a column that holds an instant: valid_from, valid_to, recorded_at.",
    ),
    (
        'from = "a.valid_from - 1h"\nuntil = "a.valid_to + 7d or a.valid_from + 28d"',
        'from = "a.valid_from + 1h"\nuntil = "a.valid_from - 1h"',
        "line 27, field window[1].until: can never hold: the window ends before it begins. Found 'from = a.valid_from + 1h, until = a.valid_from - 1h'. Expected windows that some moment can satisfy. A window is [from, until), and a row begins before it ends: look at the signs of the spans.",
    ),
    (
        'from = "a.valid_from - 1h"\nuntil = "a.valid_to + 7d or a.valid_from + 28d"',
        'from = "a.valid_to"\nuntil = "a.valid_from"',
        "line 27, field window[1].until: can never hold: the window ends before it begins. Found 'from = a.valid_to, until = a.valid_from'. Expected windows that some moment can satisfy. A window is [from, until), and a row begins before it ends: look at the signs of the spans.",
    ),
    (
        "[strength]",
        '[[window]]\nfrom = "a.valid_to + 30d"\nuntil = "a.valid_to + 40d"\n\n[[window]]\ninstant = "p.valid_from"\nuntil = "p.valid_from"\n\n[strength]',
        "line 31, field window[2].until: can never hold together with the windows before. Found 'from = a.valid_to + 30d, until = a.valid_to + 40d'. Expected windows that some moment can satisfy. A window is [from, until), and a row begins before it ends: look at the signs of the spans.",
    ),
    (
        "base = 0.97",
        "base = 1.5",
        "line 30, field strength.base: is out of bounds. Found 1.5. Expected a number from 1e-06 to 1.",
    ),
    (
        'half_life = "14d"',
        'half_life = "0d"',
        "line 33, field strength.fading.half_life: is nothing. Found '0'. Expected a number and a unit: s, min, h or d, e.g. 28d.",
    ),
    (
        'of = ["a"]',
        'of = ["a", "b"]',
        "line 37, field strength.self_authored.of: names no hop. Found 'b'. Expected one of s, a, p.",
    ),
    (
        'through = "s"',
        'through = "a"',
        "line 41, field strength.fanout.through: cannot be counted: hop a does not say which subject it is about. Found 'a'. Expected a hop that is matched with access.subject, on a path whose hops meet one another.",
    ),
    (
        'through = "s"',
        'through = "z"',
        "line 41, field strength.fanout.through: names no earlier hop. Found 'z'. Expected one of access, s, a, p.",
    ),
    (
        "most = 40",
        "most = 0",
        "line 42, field strength.fanout.most: is not a count. Found 0. Expected a whole number from 1.",
    ),
    (
        'needs = ["assignment"]',
        'needs = ["assignment", "involvment"]',
        "line 7, field needs: names a kind of fact that is not on the path. Found 'involvment'. Expected one of assignment, involvement, posting. Did you mean 'involvement'?",
    ),
    (
        "{an:a.role}",
        "{an:a.rol}",
        "line 6, field sentence: names no column of assignment. Found 'rol'. Expected one of fact, incident, person, unit, role, crew, valid_from, valid_to, recorded_at, recorded_by, source. Did you mean 'role'?",
    ),
    (
        "{an:a.role}",
        "{and:a.role}",
        "line 6, field sentence: has a slot that cannot be filled, {and:a.role}. Found 'and'. Expected one of words, an, person, when, reason. Did you mean 'an'?",
    ),
    (
        "{actor}",
        "{acter}",
        "line 6, field sentence: has a slot that cannot be filled, {acter}. Found 'acter'. Expected one of actor, requester, operator. Did you mean 'actor'?",
    ),
    (
        "{an:a.role}",
        "{an:b.role}",
        "line 6, field sentence: names no earlier hop. Found 'b'. Expected one of access, s, a, p.",
    ),
    (
        "{an:a.role}",
        "{an:a.role",
        "line 6, field sentence: has a slot that cannot be filled, {. Found '{an:a.role of {a.inc'. Expected e.g. {actor}, {a.incident}, {an:s.role} or {when:a.valid_from}.",
    ),
    (
        "{when:a.valid_from}",
        "{when:a.role}",
        "line 6, field sentence: tells when of what is no instant, {when:a.role}. Found 'a.role'. Expected a column that holds an instant, e.g. {when:a.valid_from}.",
    ),
    (
        "{an:a.role}",
        "{an:a.valid_from}",
        "line 6, field sentence: tells in words what is no text, {an:a.valid_from}. Found 'a.valid_from'. Expected a column of texts, e.g. {an:s.role}.",
    ),
    (
        'owner = "o"',
        'owner = "o"\ndiffers = [["a.person", "s.incident"], ["a.person", "access.actor"]]',
        "line 5, field differs: can never hold. Found 'a.person, access.actor'. Expected two columns that no hop matches with one another. Take one of the two out: hop a matches what here must differ.",
    ),
    (
        'owner = "o"',
        'owner = "o"\ndiffers = [\n  ["a.person", "s.recorded_by"],\n  ["a.person", "s.recoded_by"],\n]',
        "line 7, field differs: names no column of involvement. Found 'recoded_by'. Expected one of fact, incident, subject, role, valid_from, valid_to, recorded_at, recorded_by, source. Did you mean 'recorded_by'?",
    ),
    ('owner = "o"', "owner = o", "line 4: is not TOML: Invalid value (at line 4, column 9)."),
    (
        "[strength.fading]",
        "[strength.fadding]",
        "line 32, field strength.fadding: is not known here. Expected one of base, fading, fanout, recorded_after, self_authored. Did you mean 'fading'?",
    ),
]


def test_the_template_that_is_spoilt_below_is_good() -> None:
    """Nothing is wrong with it as it stands."""
    assert read(GOOD, "templates/t.toml").id == "t"


@pytest.mark.parametrize(("old", "new", "message"), CASES)
def test_an_error_is_told_whole(old: str, new: str, message: str) -> None:
    """File, line and key lead to the place; found, expected and remedy lead out of it."""
    assert old in GOOD
    with pytest.raises(BadPack) as error:
        read(GOOD.replace(old, new, 1), "templates/t.toml")
    assert str(error.value) == f"templates/t.toml, {message}"


@pytest.mark.parametrize(("old", "new", "message"), CASES)
def test_an_error_points_at_the_line_wherever_the_template_stands(old: str, new: str, message: str) -> None:
    """Comments, blank lines and windows of another system's line ends before it move the line by as much."""
    text = "# a comment with id = 1 and [[path]]\r\n\r\n" + GOOD.replace(old, new, 1).replace("\n", "\r\n")
    with pytest.raises(BadPack) as error:
        read(text, "templates/t.toml")
    before = int(message.removeprefix("line ").partition(",")[0].partition(":")[0])
    assert error.value.line == (before + 2 if before > 1 else before)


def test_a_window_is_named_by_its_own_line_though_others_are_alike() -> None:
    """A key that occurs in every hop and window is found in the one that is wrong."""
    window = '[[window]]\nfrom = "p.valid_from"\nuntil = "p.valid_to"\n\n'
    text = GOOD.replace("[strength]", window * 3 + '[[window]]\nuntil = "p.vald_to"\n\n[strength]', 1)
    with pytest.raises(BadPack) as error:
        read(text, "t.toml")
    assert error.value.line == text.splitlines().index('until = "p.vald_to"') + 1


FILES = [path for name in shipped_names() for path in sorted(shipped(name).rglob("*.toml"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_key_of_the_shipped_files_is_found_on_its_line(path: Path) -> None:
    """The line that is told for a key holds the key, in every file that is shipped."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    told = places(text)
    keys = set(keys_of(tomllib.loads(text), ()))
    assert keys
    assert keys <= set(told)
    for place in keys:
        assert str(place[-1]) in lines[told[place] - 1], place


def keys_of(value: object, place: Place) -> Iterator[Place]:
    """Yield the way to every key in the value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*place, key)
            yield from keys_of(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from keys_of(inner, (*place, number))


NAMES = st.sampled_from(("a", "b", "c-d", '"e f"', "'g.h'"))
SCALARS = st.sampled_from(
    (
        "1",
        "true",
        "2026-03-02 10:00:00",
        '"# no ]comment = {"',
        "'[[x]]'",
        '"""\na = 1\n""""',
        "'''\n[t]\nb = 2\n'''",
        '"\\"q\\""',
    )
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Place, int]]:
    """Draw a text of lists of tables with values of every shape, and where each of its keys stands."""
    lines: list[str] = []
    stand: dict[Place, int] = {}
    for number in range(draw(st.integers(1, 3))):
        lines += draw(st.lists(st.sampled_from(("", "# [[t]] a = 1")), max_size=2))
        stand["t", number] = len(lines) + 1
        lines.append("[[t]]")
        for name in draw(st.lists(NAMES, max_size=3, unique=True)):
            plain = name.strip("\"'")
            stand["t", number, plain] = len(lines) + 1
            if draw(st.booleans()):
                lines += f"{name} = {draw(SCALARS)} # {{ x".split("\n")
                continue
            inner = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
            lines += f"{name} = [".split("\n")
            for place, one in enumerate(inner):
                stand["t", number, plain, place] = len(lines) + 1
                stand["t", number, plain, place, one.strip("\"'")] = len(lines) + 1
                lines += f"  {{ {one} = {draw(SCALARS)} }}, # ]".split("\n")
            lines.append("]")
    return "\n".join(lines) + "\n", stand


@settings(max_examples=80, deadline=None)
@given(documents())
def test_a_key_is_found_whatever_stands_around_it(document: tuple[str, dict[Place, int]]) -> None:
    """Texts, comments and lists that look like keys and tables lead nobody astray."""
    text, stand = document
    told = places(text)
    assert {place: told[place] for place in stand} == stand
