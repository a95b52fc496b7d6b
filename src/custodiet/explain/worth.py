"""Whether a template's measured worth bears the weight that the pack gives it: a wide reason must not close accesses."""

from __future__ import annotations

from custodiet.explain.measured_file import MeasuredTemplate, Measurement, meaning
from custodiet.explain.pack import Pack
from custodiet.explain.template import Template

#: A match that is less than so many times likelier for a real access than for a fake is a nudge, and closes nothing.
LEAST_WEIGHT = 5.0
#: A template of small ratio may close all the same where it lets fewer fakes through than this for 1,000 accesses.
CHEAP = 200.0
#: Above three fakes for two accesses that only it explains, no ratio helps.
MOST_PRICE = 1_500.0

_REMEDY = "Lower the base, narrow the window or add a hop, and measure again."


def problem_of(template: Template, pack: Pack, measurement: Measurement) -> str | None:
    """Return why the template must not close accesses, in a sentence with figures and remedy; None: nothing speaks against it.

    Refused is only what is certain: the bounds of the intervals count, not the values, so that few cases refuse nothing.
    """
    found = _found(template, measurement)
    if found is None or not template.in_force:
        return None
    if not is_measured(template, measurement):
        # what it matches may have changed, but a nudge that became a reason was not measured to be one
        raised = template.strength.base >= pack.thresholds.explained > found.base
        return _sentence(found, template, measurement) if raised and found.weight.high < LEAST_WEIGHT else None
    closes = template.strength.base >= pack.thresholds.explained or found.alone + found.fakes_alone > 0
    wide = found.weight.high < LEAST_WEIGHT and found.price.low > CHEAP
    return _sentence(found, template, measurement) if closes and (wide or found.price.low > MOST_PRICE) else None


def is_measured(template: Template, measurement: Measurement) -> bool:
    """Tell whether the template was measured as it is now; a change of words alone does not matter."""
    found = _found(template, measurement)
    return found is not None and found.meaning == meaning(template)


def _found(template: Template, measurement: Measurement) -> MeasuredTemplate | None:
    return next((one for one in measurement.templates if one.id == template.id), None)


def _sentence(found: MeasuredTemplate, template: Template, measurement: Measurement) -> str:
    weight, price = found.weight, found.price
    figures = (
        f"a match is {weight.value:.1f} times likelier for a real access than for a fake ({weight.low:.1f} to"
        f" {weight.high:.1f}; {LEAST_WEIGHT:g} are wanted)"
    )
    if found.alone + found.fakes_alone:
        figures += (
            f", and for 1,000 accesses that only it explains it lets {price.value:,.0f} fakes through"
            f" ({price.low:,.0f} to {price.high:,.0f}; at most {MOST_PRICE:,.0f} are borne)"
        )
    measured = f"measured {measurement.date} on {measurement.population}, with base {found.base:g}"
    return f"is too wide to close accesses with base {template.strength.base:g}: {figures} ({measured}). {_REMEDY}"
