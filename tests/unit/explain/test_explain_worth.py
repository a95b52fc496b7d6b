"""A wide template that closes is refused by its measured worth; a close one, a nudge and a guess are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from custodiet.errors import BadPack
from custodiet.explain import measured_file
from custodiet.explain.measured_file import UNMEASURED, MeasuredTemplate, Measurement, meaning
from custodiet.explain.measures import Interval
from custodiet.explain.pack import load, shipped
from custodiet.explain.template import Approval, Status, Template
from custodiet.explain.worth import is_measured, problem_of

PACK = load(shipped())
WIDE = replace(PACK.template("area_incident"), strength=replace(PACK.template("area_incident").strength, base=0.95))
NUDGE, COSTLY, CHEAP = Interval(1.4, 1.3, 1.5), Interval(9000.0, 8000.0, 10_000.0), Interval(60.0, 50.0, 70.0)
GOOD = Interval(20.0, 18.0, 22.0)


def measurement(template: Template, **figures: object) -> Measurement:
    """Return a measurement of this template with these figures."""
    plain: dict[str, object] = {"matched": 500, "alone": 100, "fakes_alone": 400, "weight": NUDGE, "price": COSTLY}
    one = MeasuredTemplate(
        id=template.id,
        meaning=meaning(template),
        base=template.strength.base,
        **{**plain, **figures},  # type: ignore[arg-type]
    )
    return replace(
        UNMEASURED, date="2026-03-16", population="Somewhere", seed="s", run="R-1", sample=100, templates=(one,)
    )


def test_a_wide_template_that_closes_is_refused_with_figures_and_remedy() -> None:
    """The sentence has the base, the ratio, the price, the day and what to do."""
    told = problem_of(WIDE, PACK, measurement(WIDE))

    assert told is not None
    for words in ("0.95", "1.4 times", "1.3 to 1.5", "9,000 fakes", "2026-03-16 on Somewhere", "Lower the base"):
        assert words in told


@pytest.mark.parametrize(
    ("figures", "refused"),
    [
        ({"weight": GOOD, "price": CHEAP}, False),
        ({"weight": NUDGE, "price": CHEAP}, False),
        ({"weight": GOOD, "price": COSTLY}, True),
        ({"weight": NUDGE, "price": Interval(400.0, 300.0, 500.0)}, True),
        ({"weight": GOOD, "price": Interval(400.0, 300.0, 500.0)}, False),
        ({"weight": Interval(2.0, 0.1, 40.0), "price": Interval(4000.0, 200.0, 60_000.0)}, False),
    ],
    ids=["good", "cheap", "costly", "a nudge that costs", "a reason that costs", "too few cases"],
)
def test_what_is_certain_is_refused_and_nothing_else(figures: dict[str, object], *, refused: bool) -> None:
    """The bounds of the intervals decide."""
    assert (problem_of(WIDE, PACK, measurement(WIDE, **figures)) is not None) == refused


def test_a_weak_template_may_be_wide_unless_it_closes_together_with_others() -> None:
    """Below the threshold it is a nudge; where it tips accesses and fakes over, it is refused as well."""
    weak = PACK.template("area_incident")

    assert problem_of(weak, PACK, measurement(weak, alone=0, fakes_alone=0)) is None
    assert problem_of(weak, PACK, measurement(weak, alone=10, fakes_alone=90)) is not None


def test_a_nudge_that_was_raised_to_a_reason_is_refused_before_it_is_measured_again() -> None:
    """Raising the base changes the meaning, but not how wide the path is."""
    weak = PACK.template("area_incident")
    before = measurement(weak, alone=0, fakes_alone=0)

    assert not is_measured(WIDE, before)
    assert "with base 0.35" in str(problem_of(WIDE, PACK, before))
    assert problem_of(WIDE, PACK, measurement(weak, weight=GOOD)) is None


def test_a_template_in_shadow_closes_nothing_and_an_unmeasured_one_is_not_judged() -> None:
    """A trial does no harm; of what nobody measured nothing is said."""
    shadow = replace(WIDE, approval=Approval(status=Status.SHADOW))

    assert problem_of(shadow, PACK, measurement(shadow)) is None
    assert problem_of(WIDE, PACK, UNMEASURED) is None


def test_words_do_not_change_what_was_measured() -> None:
    """Title, sentence, owner and examples may be mended without measuring again; a window may not."""
    weak = PACK.template("area_incident")

    assert is_measured(replace(weak, title="other", owner="other", explains=()), measurement(weak))
    assert not is_measured(replace(weak, windows=weak.windows[1:]), measurement(weak))


def test_measures_are_read_as_they_were_written() -> None:
    """The file says what the measurement says, to the decimals that it is written with."""
    one = measurement(WIDE)

    assert measured_file.read(measured_file.written(one)) == one


def test_a_mended_measure_is_told_by_file_line_and_field() -> None:
    """Who edits the file by hand learns where."""
    text = measured_file.written(measurement(WIDE)).replace("matched = 500", 'matched = "many"')

    with pytest.raises(BadPack, match=r"measured\.toml, line \d+, field template\[1\]\.matched"):
        measured_file.read(text)


def test_the_shipped_measures_are_of_the_shipped_templates_and_refuse_none() -> None:
    """Every template of uk_police that could close accesses was measured as it is now, and its worth bears its weight."""
    found = measured_file.read((shipped() / "measured.toml").read_text("utf-8"))

    assert [one.id for one in PACK.templates if not is_measured(one, found)] == []
    assert [problem for one in PACK.templates if (problem := problem_of(one, PACK, found))] == []
