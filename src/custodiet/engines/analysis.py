"""One audit: from stored rows to derived relations on disk, and a reader over the relations of such a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from custodiet.detect.signal_file import SignalFile
from custodiet.engines.covering import cover
from custodiet.engines.detecting import Tying, detect
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import Beat, bind_context, explain
from custodiet.engines.rescoring import READ_AGAIN, can_rescore, rescore
from custodiet.errors import BadInput
from custodiet.explain.pack import Pack
from custodiet.explain.touched import BASE
from custodiet.relations.kinds import KINDS
from custodiet.relations.query import Query
from custodiet.relations.relation import Relation
from custodiet.relations.stored import ACCESS, FACT
from custodiet.triage.ranking import Settings

CONTEXT_HELD = Query("custodiet.report.sql", "context_held.sql")

#: What a run keeps, and the order of rows that makes two runs the same to the byte.
KEPT: dict[str, tuple[str, ...]] = {
    **{kind.name: ("fact",) for kind in KINDS},
    "access": ("access",),
    "watermark": ("kind", "source"),
    "context_held": ("kind", "source"),
    "source_reach": ("kind", "source"),
    "crowd": ("template", "fact"),
    "explanation": ("access", "template", "rests_on"),
    "access_state": ("access",),
    "episode_access": ("finding", "access"),
    "episode": ("finding",),
    "tie": ("person", "subject", "nature", "valid_from", "valid_to", "basis"),
    "signal": ("finding", "signal"),
    "finding": ("rank",),
    "table_use": ("actor", "system", "relation"),
    "coverage": ("month", "system", "action", "unit"),
    "coverage_kind": ("month", "kind", "source"),
    "template_share": ("month", "template"),
    "match_overlap": ("templates",),
    "group_member": ("valid_from", "person", "depth"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """An earlier run by the same packs and code, and how many entries it knew; it saves work and changes no result."""

    folder: Path
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The segments of the ledger that an audit reads, and the size up to which they are known."""

    accesses: Sequence[Path]
    facts: Sequence[Path]
    size: int
    beats: Sequence[Beat] = ()  # the last moment at which each source had nothing new
    base: Base | None = None
    erased: Sequence[int] = ()  # rows that lack what an audit needs, since groups of them were erased


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """By what an audit judges: templates, signals, the settings of triage, and how ties are found."""

    pack: Pack
    signals: Sequence[SignalFile]
    settings: Settings
    tying: Tying = field(default_factory=Tying)


def derive(
    stored: Stored,
    judging: Judging,
    folder: Path,
    scratch: Path,
    told: Callable[[str, int, int | None], None],
) -> None:
    """Write every relation of KEPT into the folder, one Parquet file each: a function of what is stored and of the judging."""
    if not stored.accesses:
        msg = "this vault holds no access yet; `custodiet ingest` takes some in"
        raise BadInput(msg)
    with Session(scratch=scratch) as session:
        told("audit", 0, 4)
        bind(session, stored)
        bind_context(session, stored.size, stored.beats)
        told("audit", 1, 4)
        _explain(session, judging.pack, stored)
        told("audit", 2, 4)
        detect(session, judging.signals, judging.settings, judging.tying)
        session.create_table("context_held", CONTEXT_HELD)
        cover(session, judging.pack)
        told("audit", 3, 4)
        folder.mkdir(parents=True, exist_ok=True)
        for relation, order in KEPT.items():
            session.write_parquet(exp.select("*").from_(relation).order_by(*order), folder / f"{relation}.parquet")
        told("audit", 4, 4)


def _explain(session: Session, pack: Pack, stored: Stored) -> None:
    base = stored.base
    if base is None or not can_rescore(pack) or _lacking(base.folder, READ_AGAIN):
        explain(session, pack, stored.size)
        return
    for relation in READ_AGAIN:
        session.bind_parquet(f"{BASE}{relation}", [base.folder / f"{relation}.parquet"])
    rescore(session, pack, base.size)


def reopened(folder: Path, scratch: Path) -> Session:
    """Return a session over the relations of a run, confined to its folder; raises BadInput where it lacks one of them."""
    lacking = _lacking(folder, KEPT)
    if lacking:
        msg = (
            f"this audit was made by another version and has no {', '.join(lacking)}; `custodiet audit` makes it again"
        )
        raise BadInput(msg)
    session = Session(scratch=scratch)
    for relation in KEPT:
        session.bind_parquet(relation, [folder / f"{relation}.parquet"])
    session.confine([folder, scratch])
    return session


def _lacking(folder: Path, relations: Iterable[str]) -> list[str]:
    return [relation for relation in relations if not (folder / f"{relation}.parquet").exists()]


def bind(session: Session, stored: Stored, *, accesses: bool = True) -> None:
    """Make `stored_access` (unless it is there) and `stored_fact` the stored rows, without those of which groups were erased."""
    session.bind_arrow("erased", pa.table({"index": pa.array(list(stored.erased), pa.int64())}))
    if accesses:
        _bind(session, ACCESS, stored.accesses, stored)
    _bind(session, FACT, stored.facts, stored)


def _bind(session: Session, relation: Relation, paths: Sequence[Path], stored: Stored) -> None:
    if not paths:
        session.create_view(relation.name, empty_rows(relation))
    elif not stored.erased:
        session.bind_parquet(relation.name, paths)
    else:
        session.bind_parquet(f"{relation.name}_with_erased", paths)
        held = (
            exp.select("*").from_(f"{relation.name}_with_erased").where('"index" NOT IN (SELECT "index" FROM erased)')
        )
        session.create_view(relation.name, held)


def empty_rows(relation: Relation) -> exp.Select:
    """Return a query with the relation's columns, and the ledger index, and no row."""
    columns = [("index", "BIGINT"), *((column.name, column.type.value) for column in relation.columns)]
    nothing = [exp.alias_(exp.cast(exp.null(), kind, dialect="duckdb"), name, quoted=True) for name, kind in columns]
    return exp.select(*nothing).where(exp.false())
