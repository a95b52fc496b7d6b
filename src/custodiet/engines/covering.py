"""Computes the coverage map in a session: what context there was for which accesses, and what each template explained."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa

from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import source_reaches
from custodiet.explain.pack import Pack
from custodiet.relations.kinds import KINDS
from custodiet.relations.query import Query

_SQL = "custodiet.report.sql"
COVERAGE = Query(_SQL, "coverage.sql")
COVERAGE_KIND = Query(_SQL, "coverage_kind.sql")
REASON_SET = Query(_SQL, "reason_set.sql")
MATCH_OVERLAP = Query(_SQL, "match_overlap.sql")
TEMPLATE_SHARE = Query(_SQL, "template_share.sql")
_SECOND = timedelta(seconds=1)


def cover(session: Session, pack: Pack) -> None:
    """Make the relations of the coverage map; those of context, `access`, `explanation` and `access_state` must be there.

    They are `source_reach`, `coverage`, `coverage_kind`, `template_share` and `match_overlap`.
    """
    session.bind_arrow("source_reach", _reaches(session, pack))
    session.bind_arrow("kind_read", _kinds_read(pack))
    session.bind_arrow("template_place", _places(pack))
    session.create_table("coverage", COVERAGE)
    session.create_table("coverage_kind", COVERAGE_KIND)
    session.create_table("reason_set", REASON_SET, {"explained": pack.thresholds.explained})
    session.create_table("template_share", TEMPLATE_SHARE)
    session.create_table("match_overlap", MATCH_OVERLAP)
    session.drop("reason_set")


def _reaches(session: Session, pack: Pack) -> pa.Table:
    found = source_reaches(session, pack)
    instant = pa.timestamp("us")
    return pa.table(
        {
            "kind": pa.array([one.kind for one in found], pa.string()),
            "source": pa.array([one.source for one in found], pa.string()),
            "delivered_to": pa.array([one.delivered_to for one in found], instant),
            "grace": pa.array([one.grace // _SECOND for one in found], pa.int64()),
            "awaited_from": pa.array([one.awaited_from for one in found], instant),
            "standing": pa.array([one.standing.value for one in found], pa.string()),
        }
    )


def _kinds_read(pack: Pack) -> pa.Table:
    deciding = [template for template in pack.templates if template.in_force]
    read = [{*template.needs, *(hop.relation for hop in template.path)} for template in deciding]
    return pa.table(
        {
            "kind": pa.array([kind.name for kind in KINDS], pa.string()),
            "templates": pa.array([sum(kind.name in kinds for kinds in read) for kind in KINDS], pa.int64()),
        }
    )


def _places(pack: Pack) -> pa.Table:
    tried = [template for template in pack.templates if not template.retired]
    return pa.table(
        {
            "template": pa.array([template.id for template in tried], pa.string()),
            "place": pa.array(list(range(len(tried))), pa.int64()),
            "shadow": pa.array([template.shadow for template in tried], pa.bool_()),
        }
    )
