"""A template is read whole; what is wrong with one is told in tests/spec/test_explain_8_errors.py."""

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


def test_a_second_pass_relation_is_refused_in_the_first_pass() -> None:
    """Only a template that says after = "explained" may rest on what was explained: no reason may rest on itself."""
    with pytest.raises(BadPack, match="cannot be on a path of the first pass"):
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
