"""Runs the questions about one candidate in a session that holds `residue` and `pool`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from custodiet.engines.duckdb import Session
from custodiet.explain import compiler
from custodiet.explain.template import Template
from custodiet.relations.query import Query
from custodiet_mining import instances
from custodiet_mining.candidate import Candidate
from custodiet_mining.decoration import MOST_CLASSES, Masks, Sorting, edges, learned_lag, learned_sieve
from custodiet_mining.domains import CLASSES
from custodiet_mining.drafting import drafted
from custodiet_mining.limits import Limits
from custodiet_mining.proposal import Trusted, Week
from custodiet_mining.weighing import Weighed

WEEKLY = Query("custodiet_mining", "weekly.sql")
MATCHED = Query("custodiet_mining", "matched.sql")
POOL, RESIDUE = "pool", "residue"
_CELLS, _PROBED, _FREED = "cell", "probed", "freed"


class Examiner:
    """Asks what one candidate after another matches; the tables that it makes are gone when it is done."""

    def __init__(self, session: Session, limits: Limits, pool: Mapping[str, int]) -> None:
        """Remember the session, and how many accesses of each family its pool holds."""
        self._session, self._limits, self.pool = session, limits, pool

    def decorated(self, candidate: Candidate) -> Candidate:
        """Return the candidate with the window, and then the filters, that tell real accesses from fakes best."""
        found = candidate
        if candidate.path.anchor is not None:
            self._find(candidate, POOL)
            found = learned_lag(candidate, self._lags(candidate), self.pool)
        for _ in range(self._limits.filters):
            self._find(found, POOL)
            sieved = learned_sieve(found, list(self._sortings(found)), self.pool)
            if sieved == found:
                break
            found = sieved
        return found

    def weighed(self, candidate: Candidate) -> Weighed:
        """Return what the candidate matches of the pool, by family."""
        self._find(candidate, POOL)
        return Weighed(matched=dict(self._session.rows(instances.matched(POOL))), pool=self.pool)

    def strengths(self, template: Template) -> dict[int, float]:
        """Return the strongest instance of each access of the whole residue that the template matches."""
        self._session.create_table(instances.INSTANCE, compiler.compiled(template, RESIDUE))
        return dict(self._session.rows(MATCHED))

    def weeks(self) -> list[Week]:
        """Return the weeks of the residue, with what the template asked for last matches."""
        return [
            Week(begins=begins, residue=residue, matched=matched)
            for begins, residue, matched in self._session.rows(WEEKLY)
        ]

    def trusts(self, candidate: Candidate) -> list[Trusted]:
        """Return the sources on which what was asked for last rests."""
        return [
            Trusted(relation=step.relation, source=source, accesses=accesses)
            for place, step in enumerate(candidate.path.steps)
            for source, accesses in self._session.rows(instances.sources(candidate, place))
        ]

    def fanout(self, candidate: Candidate) -> dict[int, int]:
        """Return of how many of the accesses that were weighed last, or of some, the rows would excuse how many people."""
        self._session.create_table(_PROBED, instances.probed(POOL))
        self._session.create_table(_FREED, instances.probed_instances(candidate, self._limits, _PROBED, POOL))
        counts = dict(self._session.rows(instances.excused(candidate, _FREED)))
        for name in (_PROBED, _FREED):
            self._session.drop(name)
        return counts

    def _find(self, candidate: Candidate, accesses: str) -> None:
        self._session.create_table(instances.INSTANCE, compiler.compiled(drafted(candidate, self._limits), accesses))

    def _lags(self, candidate: Candidate) -> Masks:
        bounds = edges()
        micro = [round(bound.total_seconds()) * 1_000_000 for bound in bounds]
        cells = {"cell": list(range(len(bounds) - 1)), "since": micro[:-1], "until": micro[1:]}
        self._session.bind_arrow(_CELLS, pa.table({name: pa.array(v, pa.int64()) for name, v in cells.items()}))
        return _masks(self._session.rows(instances.masks_of_lag(candidate, POOL, _CELLS)))

    def _sortings(self, candidate: Candidate) -> Sequence[tuple[Sorting, Masks]]:
        return [
            (sorting, self._classes(candidate, sorting))
            for place, step in enumerate(candidate.path.steps)
            for column in CLASSES.get(step.relation, ())
            if (place, column) not in {(sieve.place, sieve.column) for sieve in candidate.sieves}
            for sorting in [self._sorting(candidate, place, column)]
            if 2 <= len(sorting.classes) <= MOST_CLASSES
        ]

    def _sorting(self, candidate: Candidate, place: int, column: str) -> Sorting:
        found = self._session.rows(instances.classes(candidate, place, column, POOL))
        return Sorting(place=place, column=column, classes=[value for (value,) in found])

    def _classes(self, candidate: Candidate, sorting: Sorting) -> Masks:
        numbers = pa.array(range(len(sorting.classes)), pa.int64())
        self._session.bind_arrow(_CELLS, pa.table({"cell": numbers, "value": pa.array(sorting.classes, pa.string())}))
        query = instances.masks_of_class(candidate, sorting.place, sorting.column, POOL, _CELLS)
        return _masks(self._session.rows(query))


def _masks(rows: Sequence[tuple[str, int, int]]) -> Masks:
    masks: dict[str, dict[int, int]] = {}
    for family, mask, accesses in rows:
        masks.setdefault(family, {})[mask] = accesses
    return masks
