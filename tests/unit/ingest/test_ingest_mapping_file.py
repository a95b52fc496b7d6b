"""A mapping file says what it must, and nothing that nobody reads."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from custodiet.errors import BadPack
from custodiet.ingest.examples import check_examples
from custodiet.ingest.mapping_file import load_mapping, parse_mapping

GOOD = """
source = "rms"
[read]
format = "csv"
[time]
zone = "Europe/London"
[fields.occurred_at]
from = ["Date", "Time"]
format = "%d/%m/%Y %H:%M"
[fields.operator]
from = "User"
[fields.subject]
from = "Nominal"
[fields.system]
value = "RMS"
[fields.action]
value = "consultation"
[fields.channel]
from = "Op"
codes = { V = "view" }
"""


def test_a_good_file_names_the_fields_it_reads():
    """A mapping knows every field of the record that its rules read."""
    mapping = parse_mapping(GOOD)
    assert mapping.used_columns == ("Date", "Nominal", "Op", "Time", "User")
    assert mapping.rule("subject_kind").value == "person"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (("[read]", 'colour = "red"\n[read]'), "colour", "not known"),
        (('format = "csv"', 'format = "csv"\nseparator = ";"'), "read.separator", "not known"),
        (('format = "csv"', 'format = "word"'), "read.format", "one of csv"),
        (('from = "User"', 'from = "User"\npatern = "x"'), "fields.operator.patern", "not known"),
        (('from = "User"', ""), "fields.operator.from", "either `from` or `value`"),
        (('from = "User"', 'from = "User"\npattern = "(?=x)"'), "fields.operator.pattern", "common part"),
        (("%d/%m/%Y %H:%M", "%d/%m/%Y %Q"), "fields.occurred_at.format", "%Q is not read"),
        (('zone = "Europe/London"', 'zone = "Europe/Dorchester"'), "time.zone", "a time zone"),
        (('zone = "Europe/London"', ""), "fields.occurred_at.format", "[time] zone"),
        (('{ V = "view" }', '{ V = "peek" }'), "fields.channel.codes", "one of search"),
        (('[fields.subject]\nfrom = "Nominal"', ""), "fields.subject", "missing"),
        (('source = "rms"', 'source = "R M S"'), "source", "short name"),
        (('source = "rms"', 'source = "rms"\nyields = "gossip"'), "yields", "one of access"),
        (("[fields.operator]", "[fields.recipient]"), "fields", "nobody is accountable"),
        (('from = "User"', 'from = "User"\notherwise = "x"'), "fields.operator.otherwise", "codes"),
        (('from = "User"', 'from = "User"\nformat = "%Y"'), "fields.operator.format", "no time"),
    ],
)
def test_a_wrong_file_is_refused_by_key_and_reason(change, field, words):
    """What does not fit is refused with the key, what was found and what was expected."""
    assert change[0] in GOOD
    with pytest.raises(BadPack) as refused:
        parse_mapping(GOOD.replace(*change), "rms.toml")
    assert refused.value.field == field
    assert refused.value.file == "rms.toml"
    assert words in str(refused.value)


def test_text_that_is_no_toml_is_refused():
    """A file that cannot be parsed is refused with the place that the parser names."""
    with pytest.raises(BadPack, match="not a TOML file"):
        parse_mapping("source = ")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    """An absent mapping file is bad input, not a traceback."""
    with pytest.raises(BadPack, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")


def test_a_digest_follows_the_bytes(tmp_path: Path):
    """Two files that differ by a space have different digests."""
    one, two = tmp_path / "a.toml", tmp_path / "b.toml"
    one.write_text(GOOD)
    two.write_text(GOOD + " ")
    assert load_mapping(one).digest != load_mapping(two).digest


def test_spans_are_read():
    """A rhythm is a length of time."""
    assert parse_mapping(GOOD + '[sequence]\nrhythm = "36h"').sequence.rhythm == timedelta(hours=36)


def test_a_fact_has_the_fields_of_its_kind():
    """A mapping of facts fills the fields of the kind and no field of an access."""
    fact = 'source = "hr"\nyields = "account"\n[read]\nformat = "csv"\n[fields.account]\nfrom = "login"\n[fields.person]\nfrom = "no"\n'
    assert [rule.name for rule in parse_mapping(fact).fields] == ["account", "person"]
    with pytest.raises(BadPack, match="not known here"):
        parse_mapping(fact + '[fields.action]\nvalue = "consultation"')


EXAMPLES = """
[[accept]]
given = { Date = "01/07/2026", Time = "09:30", User = "D1", Nominal = "N1", Op = "V" }
fields = { occurred_at = "2026-07-01T08:30:00.000000Z", channel = "view", operator = "D1" }
[[quarantine]]
given = { Date = "01/07/2026", Time = "09:30", User = "", Nominal = "N1", Op = "V" }
reason = "missing"
field = "operator"
"""


def test_examples_that_hold_give_no_problem():
    """Examples that come out as they say are silent."""
    assert check_examples(parse_mapping(GOOD + EXAMPLES)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('"D1"', '"D2"'), "operator is 'D2'"),
        (('channel = "view"', 'channel = "edit"'), "channel is 'view'"),
        (('User = ""', 'User = "D9"'), "was accepted"),
        (('reason = "missing"', 'reason = "bad_time"'), "expected bad_time"),
        (('field = "operator"', 'field = "subject"'), "expected subject"),
        (('Op = "V" }\nfields', 'Op = "W" }\nfields'), "expected to be accepted"),
    ],
)
def test_examples_that_do_not_hold_are_told(change, words):
    """An example that comes out otherwise is told in a sentence."""
    text = GOOD + EXAMPLES.replace(*change, 1)
    assert any(words in problem.sentence for problem in check_examples(parse_mapping(text)))


def test_the_mapping_in_the_manual_holds_its_own_examples():
    """The mapping that the reference manual opens with is whole, and its examples come out as they say."""
    manual = Path(__file__).parents[3] / "docs" / "reference" / "mapping.md"
    mapping = parse_mapping(re.search(r"```toml\n(.*?)```", manual.read_text("utf-8"), re.DOTALL)[1])
    assert len(mapping.examples) == 2
    assert check_examples(mapping) == []
