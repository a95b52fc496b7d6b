"""The page: packaged templates filled with values, every value escaped, the style sheet inside the page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from custodiet.model.explanations import State
from custodiet.report import drawing, timeline, wording
from custodiet.report.glossary import GLOSSARY


def html(template: str, values: Mapping[str, object], *, zone: str, style_sheet: str = "report.css") -> str:
    """Return the packaged template filled with the values, as a page that ends with one line end."""
    style = _packaged(style_sheet)
    there = ZoneInfo(zone)
    page = _environment().get_template(template)
    return (
        page.render(
            **values,
            zone=there,
            clock=wording.LocalClock(there),
            glossary=GLOSSARY,
            style=Markup(style),  # noqa: S704  packaged with this code, holds no value of anybody
            style_digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii"),
        ).rstrip()
        + "\n"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_packaged),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=wording.shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": wording.number,
        "share": wording.share,
        "counted": wording.counted,
        "spoken": wording.spoken,
    }
    environment.globals |= {
        "bar": drawing.bar,
        "stacked": drawing.stacked,
        "waterfall": drawing.waterfall,
        "days": timeline.days,
        "most_days": timeline.MOST_DAYS,
        "duty_at": timeline.duty_at,
        "state_of": {state.value: state for state in State},
    }
    return environment


def _packaged(name: str) -> str:
    return files("custodiet.report").joinpath("templates", name).read_text(encoding="utf-8")
