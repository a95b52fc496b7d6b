"""What is wrong with a template is said with the file, the line, the key, what was found and what was expected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from custodiet.errors import BadPack
from custodiet.explain.template import After, Keep, Reference
from custodiet.explain.template_file import read

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
"""


def test_a_good_template_is_read_whole() -> None:
    """Every part of the file arrives as what it means."""
    template = read(GOOD, "t.toml")
    assert [hop.alias for hop in template.path] == ["s", "a"]
    assert template.path[1].match == (
        ("incident", Reference("s", "incident")),
        ("person", Reference("access", "actor")),
    )
    assert template.path[1].where[0].negated
    until = template.windows[0].until
    assert until is not None
    assert [term.shift for term in until.terms] == [timedelta(days=7), timedelta(days=28)]
    assert (template.keep, template.after) == (Keep.ALL, After.NOTHING)
    assert template.strength.fading is not None
    assert template.strength.fading.until == template.strength.fading.start


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "t"', "", "field id: is missing"),
        ("version = 1", "version = 0", "line 2, field version: is not a count. Found 0."),
        (
            'relation = "assignment"',
            'relation = "asignment"',
            "cannot be on a path here. Found 'asignment'. Expected one of account",
        ),
        ('alias = "a"', 'alias = "s"', "cannot be used. Found 's'."),
        (
            'incident = "s.incident"',
            'incident = "x.incident"',
            "names no earlier hop. Found 'x.incident'. Expected one of access, s",
        ),
        ('incident = "s.incident"', 'incident = "s.number"', "is no column of involvement. Found 's.number'."),
        (
            'incident = "s.incident"',
            'incident = "access.occurred_at"',
            "cannot be matched. Found 'access.occurred_at'.",
        ),
        ('match = { subject = "access.subject" }', "match = {}", "matches nothing: every hop is joined by equality"),
        (
            '{ subject = "access.subject" }',
            '{ incident = "access.quoted_reference" }',
            "does not lead from the actor to the subject",
        ),
        (', person = "access.actor" }', " }", "does not lead from the actor to the subject"),
        (
            "a.valid_from - 1h",
            "a.valid_from - 1 hour",
            "cannot be read. Found 'a.valid_from - 1 hour'. Expected a column that may be moved",
        ),
        (
            'from = "a.valid_from - 1h"\nuntil = "a.valid_to + 7d or a.valid_from + 28d"\n',
            "",
            "is missing, and so is until",
        ),
        ("a.valid_from - 1h", "a.role", "is no instant. Found 'a.role'."),
        (
            "base = 0.97",
            "base = 1.5",
            "field strength.base: is out of bounds. Found 1.5. Expected a number from 1e-06 to 1",
        ),
        ('half_life = "14d"', 'half_life = "0d"', "is nothing"),
        ('of = ["a"]', 'of = ["b"]', "names no earlier hop. Found 'b.recorded_by'."),
        ('needs = ["assignment"]', 'needs = ["weather"]', "names no kind of fact. Found 'weather'."),
        ("{an:a.role}", "{an a.role}", "line 6, field sentence: cannot be read."),
        ("{an:a.role}", "{an:a.colour}", "is no column of assignment. Found 'a.colour'."),
        (
            "[strength]",
            'colour = "red"\n[strength]',
            "colour: is not known here",
        ),
        (
            'owner = "o"',
            'owner = "o"\nafter = "lunch"',
            "is not known. Found 'lunch'. Expected one of nothing, explained",
        ),
        ('where = { role = { not = ["dispatcher"] } }', "where = { valid_from = 'x' }", "is no text of assignment"),
    ],
)
def test_an_error_names_place_found_and_expected(old: str, new: str, message: str) -> None:
    """The message leads to the place and to the remedy."""
    assert old in GOOD
    with pytest.raises(BadPack) as error:
        read(GOOD.replace(old, new, 1), "templates/t.toml")
    assert str(error.value).startswith("templates/t.toml")
    assert message in str(error.value)


def test_a_second_pass_relation_is_refused_in_the_first_pass() -> None:
    """Only a template that says after = "explained" may rest on what was explained: no reason may rest on itself."""
    with pytest.raises(BadPack, match="cannot be on a path here"):
        read(GOOD.replace('relation = "involvement"', 'relation = "explained_access"'), "t.toml")


def test_a_request_is_the_last_hop() -> None:
    """The rows of a request are many, so nothing may come after it."""
    path = """[[path]]
relation = "explained_request"
alias = "r"
match = { access = "access.access" }

[[path]]"""
    text = GOOD.replace("[[path]]", path, 1).replace('owner = "o"', 'owner = "o"\nafter = "explained"')
    with pytest.raises(BadPack, match="has hops after explained_request"):
        read(text, "t.toml")


def test_what_is_not_toml_is_said_so() -> None:
    """A file that is not TOML is named with the parser's own reason."""
    with pytest.raises(BadPack, match=r"t\.toml: is not TOML"):
        read("id = ", "t.toml")
