"""Read the times of a PostgreSQL log: local time in `log_timezone`, then the zone's abbreviation."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from custodiet.errors import BadInput

#: Abbreviations that are read without a configured zone. BST is British Summer Time here.
ABBREVIATIONS: dict[str, tzinfo] = {"UTC": UTC, "GMT": UTC, "BST": timezone(timedelta(hours=1))}
_TIME = re.compile(r"(?P<local>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) (?P<zone>\S+)")
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?")
_EPOCH = re.compile(r"(?P<seconds>\d+)\.(?P<thousandths>\d{3})")


class LogZone:
    """Reads times; a configured zone tells what its abbreviations mean on each side of a clock change."""

    def __init__(self, name: str | None) -> None:
        """Raise `BadInput` for a zone that the time zone database does not hold."""
        try:
            self._zone = None if name is None else ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise BadInput(
                "no such time zone", field="zone", found=name, expected="a name such as Europe/London"
            ) from error
        self.instant = lru_cache(maxsize=1024)(self._instant)

    def _instant(self, text: str) -> datetime | None:
        """Return the instant in UTC, or None where the text is no time or its abbreviation is not known."""
        if epoch := _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(epoch["seconds"]), UTC).replace(
                microsecond=int(epoch["thousandths"]) * 1000
            )
        match = _TIME.fullmatch(text)
        if match is None:
            return None
        try:
            local = datetime.fromisoformat(match["local"])
        except ValueError:
            return None
        zone = self._zone_of(local, match["zone"])
        return None if zone is None else local.replace(tzinfo=zone).astimezone(UTC)

    def _zone_of(self, local: datetime, abbreviation: str) -> tzinfo | None:
        """Return the fixed offset that the abbreviation stands for at that local time."""
        for fold in (0, 1) if self._zone is not None else ():
            moment = local.replace(tzinfo=self._zone, fold=fold)
            if moment.tzname() == abbreviation:
                return timezone(moment.utcoffset() or timedelta(0))
        if self._zone is not None and abbreviation == "BST":
            return None  # not an abbreviation of the zone that was configured
        if offset := _OFFSET.fullmatch(abbreviation):
            span = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
            return timezone(-span if offset["sign"] == "-" else span) if span < timedelta(hours=24) else None
        return ABBREVIATIONS.get(abbreviation)
