"""How fast accesses are explained: at 10^8, a day against two years of context, late facts, and PostgreSQL at the same work.

    python benchmarks/explanation.py [--copies 73] [--two-years 52] [--rival 7] [--force FOLDER] [--without-postgresql]

The work is the invented force's fortnight (scale 1: 1.38 M accesses, 306,000 facts), laid end to end as often as is asked for:
the same staff with new matters and new subjects each time, so that 73 copies are 10^8 accesses over 2.8 years. The pack is
`uk_police`. Each measurement runs in a process of its own; times are of the clock, with the processor's seconds beside them.
The two years take about 12 GB of the folder for temporary files (TMPDIR), 10^8 accesses some 5 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import explanation_postgresql as rival
from sqlglot import exp

from custodiet.engines import explaining, linking
from custodiet.engines.duckdb import Session
from custodiet.engines.rescoring import READ_AGAIN, can_rescore, rescore_changed
from custodiet.explain import compiler, linked, second_pass
from custodiet.explain.links import linkable
from custodiet.explain.pack import Pack, load, shipped
from custodiet.explain.template import After, Template
from custodiet.explain.touched import BASE
from custodiet.relations.catalogue import EXPLANATION
from custodiet.relations.kinds import KINDS

#: How far one copy lies behind another, in days and in ledger indices.
PERIOD, APART = timedelta(days=14), 10_000_000
#: What is new in each copy; people, units and areas stay who and what they are.
RENAMED = {"subject", "subject_as_used", "incident", "parent", "task", "briefing", "survivor"}
#: Kinds that say who somebody is and where he serves: one copy of them holds all along.
LASTING = {"staff", "account", "posting", "supervision", "training", "association"}
OPEN = ("0001-01-01 00:00:00", "9999-12-31 00:00:00")
TWO_YEARS = 52
#: Copies whose accesses are explained at once.
AT_ONCE = 3
MEMORY = "6GB"
RELATIONS = (*(kind.name for kind in KINDS), "access", "watermark")


def main() -> None:
    """Lay out the work, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=73)
    parser.add_argument(
        "--two-years", type=int, default=TWO_YEARS, help="copies that the day and the late facts come on top of"
    )
    parser.add_argument("--force", type=Path, help="where the invented force's audited vault is, or is to be kept")
    parser.add_argument("--rival", type=int, default=7, help="copies that PostgreSQL is given as well")
    parser.add_argument("--without-postgresql", action="store_true")
    parser.add_argument("--step", choices=tuple(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        print(json.dumps(_timed(STEPS[chosen.step], chosen)))
        return
    chosen.work = Path(tempfile.mkdtemp(prefix="custodiet-explanation-"))
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, pack uk_police\n")
    for step in STEPS:
        if step != "postgresql" or not chosen.without_postgresql:
            _tell(step, _in_process(step, chosen))
    shutil.rmtree(chosen.work)


def _in_process(step: str, chosen: argparse.Namespace) -> dict[str, float]:
    options = ["--copies", str(chosen.copies), "--two-years", str(chosen.two_years), "--work", str(chosen.work)]
    options += ["--rival", str(chosen.rival)]
    options += ["--force", str(chosen.force or chosen.work / "force")]
    done = subprocess.run(
        [sys.executable, __file__, "--step", step, *options], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _timed(step: Callable[[argparse.Namespace], dict[str, float]], chosen: argparse.Namespace) -> dict[str, float]:
    found = step(chosen)
    return {**found, "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _tell(step: str, found: dict[str, float]) -> None:
    for name, value in found.items():
        if name != "MiB":
            print(f"{step:12} {name:66} {value:14,.2f}", flush=True)
    print(f"{step:12} {'peak MiB':66} {found['MiB']:14,.0f}", flush=True)


class Clock:
    """Seconds of the clock and of the processor since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.monotonic(), _cpu()

    def read(self) -> tuple[float, float]:
        """Return both, in seconds."""
        return time.monotonic() - self._wall, _cpu() - self._cpu


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _lay_out(chosen: argparse.Namespace) -> dict[str, float]:
    """Make the force once, and its copies as Parquet files."""
    run = _audited(chosen.force)
    copies = max(chosen.copies, chosen.two_years + 1)
    with Session(scratch=chosen.work / "scratch", memory=MEMORY) as session:
        for relation in RELATIONS:
            session.bind_parquet(relation, [run / f"{relation}.parquet"])
            (chosen.work / relation).mkdir()
            for copy in range(1 if relation in LASTING or relation == "watermark" else copies):
                session.write_parquet(_copied(session, relation, copy), chosen.work / relation / f"{copy:03}.parquet")
        [(accesses,)] = session.rows(exp.select(exp.func("count", exp.Star())).from_("access"))
    return {"accesses in a copy": accesses, "copies": copies}


def _audited(folder: Path) -> Path:
    from custodiet import bootstrap
    from custodiet.bootstrap.demo import FOUNDING

    if not (folder / "vault").exists():
        bootstrap.simulate(folder / "force", bootstrap.World(scale=1.0, seed=2016), _silent)
        bootstrap.init(folder / "vault", FOUNDING, passphrase=None)
        bootstrap.take_in_force(folder / "vault", folder / "force", _silent)
    bootstrap.audit(folder / "vault")
    derived = folder / "vault" / "derived"
    return derived / (derived / "latest").read_text().strip()


def _silent(stage: str, done: int, total: int | None) -> None:
    """Nobody is told."""


def _copied(session: Session, relation: str, copy: int) -> exp.Select:
    """One copy of the relation: numbers, moments and matters moved on; open ends stay open."""
    described = session.arrow(exp.select("*").from_(relation).limit(0)).schema
    columns = [_moved(field.name, str(field.type), copy) for field in described]
    key = "access" if relation == "access" else "kind" if relation == "watermark" else "fact"
    return exp.select(*columns).from_(relation).order_by(key)


def _moved(name: str, kind: str, copy: int) -> exp.Expr:
    column = exp.column(name, quoted=True)
    if name in {"fact", "access"}:
        return exp.Add(this=column, expression=exp.Literal.number(copy * APART)).as_(name)
    if name in RENAMED:
        return exp.DPipe(this=column, expression=exp.Literal.string(f"~{copy}")).as_(name)
    if not kind.startswith("timestamp"):
        return column
    opens = [exp.cast(exp.Literal.string(one), "TIMESTAMP") for one in OPEN]
    span = exp.Interval(this=exp.Literal.string(str(copy * PERIOD.days)), unit=exp.var("DAY"))
    moved = exp.Add(this=column.copy(), expression=span)
    return exp.Case().when(exp.In(this=column, expressions=opens), column.copy()).else_(moved).as_(name)


def _bound(session: Session, work: Path, copies: int, besides: Sequence[Path] = ()) -> None:
    """Hold the context of so many copies (and of these files) in the session, and see their accesses as `access`."""
    for kind in KINDS:
        session.bind_parquet(f"{kind.name}_file", [*_files(work, kind.name, copies), *_named(kind.name, besides)])
        session.create_table(kind.name, exp.select("*").from_(f"{kind.name}_file"))
    session.bind_parquet("access", _files(work, "access", copies))
    session.bind_parquet("watermark", _files(work, "watermark", 1))


def _named(relation: str, files: Sequence[Path]) -> list[Path]:
    return [path for path in files if path.stem == relation]


def _files(work: Path, relation: str, copies: int) -> Sequence[Path]:
    return sorted((work / relation).glob("*.parquet"))[:copies]


def _whole(chosen: argparse.Namespace) -> dict[str, float]:
    """Explain all copies, some at a time: links apart from what is decided by them."""
    pack, told = (
        load(shipped()),
        dict.fromkeys(("links", "decide", "write", "links cpu", "decide cpu", "write cpu"), 0.0),
    )
    accesses = 0
    with Session(scratch=chosen.work / "scratch", memory=MEMORY) as session:
        _bound(session, chosen.work, chosen.copies)
        linking.count_crowds(session, pack.templates)
        for first in range(0, chosen.copies, AT_ONCE):
            accesses += _slice(session, pack, (first, min(first + AT_ONCE, chosen.copies)), told)
    n, templates = float(accesses), len(pack.templates)
    return {
        "accesses": n,
        "templates": templates,
        "links built, accesses/s": n / told["links"],
        "explained, links built, accesses/s (target 1,000,000)": n / told["decide"],
        "all in, accesses/s (target 400,000)": n / (told["links"] + told["decide"]),
        "every match written with its rows as well, accesses/s": n / (told["links"] + told["decide"] + told["write"]),
        "cpu-s a million: links": told["links cpu"] / n * 1e6,
        "cpu-s a million: explained": told["decide cpu"] / n * 1e6,
        "cpu-s a million: written": told["write cpu"] / n * 1e6,
    }


def _slice(session: Session, pack: Pack, bounds: tuple[int, int], told: dict[str, float]) -> int:
    """Explain the accesses of some copies; what the second pass rests on are this slice's own, as copies share no subject."""
    first, states_of = pack.of_pass(After.NOTHING), explaining.states_in(session, pack)
    columns = compiler.columns_read(pack.templates)
    number = exp.column("access")
    within = exp.and_(
        exp.GTE(this=number, expression=exp.Literal.number(bounds[0] * APART)),
        exp.LT(this=number.copy(), expression=exp.Literal.number(bounds[1] * APART)),
    )
    clock = Clock()
    session.create_table("asked_access", exp.select(*columns).from_("access").where(within))
    by_links = [template for template in first if linkable(template)]
    linking.link(session, by_links, "asked_access")
    _add(told, "links", clock)
    clock = Clock()
    session.create_table("explanation", linked.instances(by_links, "asked_access"))
    _add(told, "write", clock)
    session.drop("explanation")
    clock = Clock()
    session.create_table("one_by_one", linking.empty(EXPLANATION))
    linking.add(session, "one_by_one", [template for template in first if not linkable(template)], "asked_access")
    others = exp.select("access", "template", "evidence_group", "strength").from_("one_by_one")
    session.create_table("found", exp.union(linked.weights(by_links, "asked_access"), others, distinct=False))
    states_of("first_state", "asked_access", "found")
    session.create_table("explained_access", second_pass.explained_access("asked_access", "first_state"))
    session.create_table("residual_access", second_pass.residual_access("asked_access", "first_state"))
    explaining.request(session, pack, states_of)
    session.create_table("later", linking.empty(EXPLANATION))
    linking.add(session, "later", pack.of_pass(After.EXPLAINED), "residual_access")
    again = second_pass.found_of("found", "residual_access")
    later = exp.select("access", "template", "evidence_group", "strength").from_("later")
    session.create_table("residual_found", exp.union(again, later, distinct=False))
    states_of("residual_state", "residual_access", "residual_found")
    session.create_table("access_state", second_pass.final_state("first_state", "residual_state"))
    _add(told, "decide", clock)
    [(accesses,)] = session.rows(exp.select(exp.func("count", exp.Star())).from_("access_state"))
    return int(accesses)


def _add(told: dict[str, float], stage: str, clock: Clock) -> None:
    wall, cpu = clock.read()
    told[stage] += wall
    told[f"{stage} cpu"] += cpu


def _day(chosen: argparse.Namespace) -> dict[str, float]:
    """Explain the first day after two years, with what was recorded on it; what was recorded before it was known before."""
    copies = chosen.two_years
    with Session(scratch=chosen.work / "scratch", memory=MEMORY) as session:
        [(start,)] = session.rows(
            exp.select(exp.func("min", exp.column("occurred_at"))).from_(_file(session, chosen, "access", copies))
        )
        start = start.replace(hour=0, minute=0, second=0, microsecond=0)
        known = [_recorded_before(session, chosen, kind.name, start) for kind in KINDS if kind.name not in LASTING]
        _bound(session, chosen.work, copies, known)
        _base(session, chosen.work, copies, _states_of_copies(session, chosen, copies), known)
        for relation in (*(kind.name for kind in KINDS if kind.name not in LASTING), "access"):
            next_copy = exp.select("*").from_(_file(session, chosen, relation, copies))
            _grow(session, relation, next_copy.where(*_between(relation, start, start + timedelta(days=1))))
        return _again(session, copies, "a day")


def _recorded_before(session: Session, chosen: argparse.Namespace, relation: str, start: datetime) -> Path:
    path = chosen.work / "known" / f"{relation}.parquet"
    path.parent.mkdir(exist_ok=True)
    next_copy = exp.select("*").from_(_file(session, chosen, relation, chosen.two_years))
    session.write_parquet(
        next_copy.where(*_between(relation, start - timedelta(days=365_000), start)).order_by("fact"), path
    )
    return path


def _between(relation: str, start: datetime, until: datetime) -> list[exp.Expr]:
    known = exp.column("occurred_at") if relation == "access" else _known_from()
    first, last = (exp.cast(exp.Literal.string(str(one)), "TIMESTAMP") for one in (start, until))
    return [exp.GTE(this=known, expression=first), exp.LT(this=known.copy(), expression=last)]


def _late(chosen: argparse.Namespace) -> dict[str, float]:
    """Explain again what 10,000 assignments of the last four weeks touch, which had not come in before."""
    pack, copies = load(shipped()), chosen.two_years
    late = [exp.GTE(this=exp.column("fact"), expression=exp.Literal.number((copies - 2) * APART)), _one_in(6)]
    with Session(scratch=chosen.work / "scratch", memory=MEMORY) as session:
        _bound(session, chosen.work, copies)
        states = _states_of_copies(session, chosen, copies)[: copies - 2]
        session.create_table("whole", exp.select("*").from_("assignment"))
        session.create_table("assignment", exp.select("*").from_("whole").where(exp.not_(exp.and_(*late))))
        states.append(_explained_without(session, pack, chosen.work, copies))
        _base(session, chosen.work, copies, states)
        session.create_view("base_assignment", exp.select("*").from_("whole").where(exp.not_(exp.and_(*late))))
        session.create_table("assignment", exp.select("*").from_("whole"))
        [(facts,)] = session.rows(exp.select(exp.func("count", exp.Star())).from_("whole").where(*late))
        return {"late facts": float(facts), **_again(session, copies, "late facts")}


def _one_in(many: int) -> exp.Expr:
    return exp.EQ(
        this=exp.Mod(this=exp.column("fact"), expression=exp.Literal.number(many)), expression=exp.Literal.number(0)
    )


def _known_from() -> exp.Expr:
    return exp.func("coalesce", exp.column("recorded_at"), exp.column("valid_from"))


def _file(session: Session, chosen: argparse.Namespace, relation: str, copy: int) -> str:
    session.bind_parquet(f"{relation}_next", [chosen.work / relation / f"{copy:03}.parquet"])
    return f"{relation}_next"


def _grow(session: Session, relation: str, new: exp.Select) -> None:
    """Add rows: to the table of a kind in place, to the accesses by a view over both."""
    if relation != "access":
        session.execute(exp.Insert(this=exp.to_table(relation), expression=new))
        return
    session.create_table("new_access", new)
    whole = exp.union(exp.select("*").from_("base_access"), exp.select("*").from_("new_access"), distinct=False)
    session.create_view("access", whole)


def _base(session: Session, work: Path, copies: int, states: Sequence[Path], besides: Sequence[Path] = ()) -> None:
    """Bind the earlier run: the same context and accesses, and what came out."""
    for relation in (kind.name for kind in KINDS):
        session.bind_parquet(BASE + relation, [*_files(work, relation, copies), *_named(relation, besides)])
    session.bind_parquet(f"{BASE}access", _files(work, "access", copies))
    linking.count_crowds(session, load(shipped()).templates)
    session.create_table(f"{BASE}crowd", exp.select("*").from_("crowd"))
    for relation in ("explanation", "access_state"):
        session.bind_parquet(BASE + relation, [folder / f"{relation}.parquet" for folder in states])
    assert all(session.rows(exp.select("*").from_(BASE + one).limit(1)) is not None for one in READ_AGAIN)


def _states_of_copies(session: Session, chosen: argparse.Namespace, copies: int) -> list[Path]:
    """What the force's own audit found, as often as there are copies; the rows that it rests on are not looked at here."""
    run, folders = _audited(chosen.force), []
    for copy in range(copies):
        folder = chosen.work / "states" / f"{copy:03}"
        folders.append(folder)
        if folder.exists():
            continue
        folder.mkdir(parents=True)
        for relation in ("explanation", "access_state"):
            session.bind_parquet("one_run", [run / f"{relation}.parquet"])
            number = exp.Add(this=exp.column("access"), expression=exp.Literal.number(copy * APART)).as_("access")
            rest = [
                exp.column(name) for name in session.arrow(exp.select("*").from_("one_run").limit(0)).column_names[1:]
            ]
            session.write_parquet(exp.select(number, *rest).from_("one_run"), folder / f"{relation}.parquet")
    return folders


def _explained_without(session: Session, pack: Pack, work: Path, copies: int) -> Path:
    """The last two copies, explained without the facts that come later."""
    folder = work / "states" / "without"
    folder.mkdir(parents=True, exist_ok=True)
    session.create_view("every_access", exp.select("*").from_("access"))
    session.bind_parquet("access", _files(work, "access", copies)[-2:])
    explaining.explain(session, pack, copies * APART)
    for relation in ("explanation", "access_state"):
        session.write_parquet(exp.select("*").from_(relation).order_by("access"), folder / f"{relation}.parquet")
        session.drop(relation)
    session.bind_parquet("access", _files(work, "access", copies))
    return folder


def _again(session: Session, copies: int, what: str) -> dict[str, float]:
    pack = load(shipped())
    assert can_rescore(pack)
    [(before,)] = session.rows(exp.select(exp.func("count", exp.Star())).from_(f"{BASE}access"))
    clock = Clock()
    rescore_changed(session, pack, copies * APART)
    wall, cpu = clock.read()
    [(again,)] = session.rows(exp.select(exp.func("count", exp.Star())).from_("again"))
    return {
        "accesses before": before,
        "accesses explained (again)": again,
        f"{what}, seconds (target {2 if what == 'a day' else 1})": wall,
        f"{what}, cpu-s": cpu,
    }


def _postgresql(chosen: argparse.Namespace) -> dict[str, float]:
    """Find every match of the first pass with its rows, in the engine and in PostgreSQL, from the same rows."""
    pack = load(shipped())
    first, columns = pack.of_pass(After.NOTHING), compiler.columns_read(pack.templates)
    with Session(scratch=chosen.work / "scratch", memory=MEMORY) as session:
        _bound(session, chosen.work, chosen.rival)
        session.create_table("asked_access", exp.select(*columns).from_("access"))
        clock = Clock()
        linking.count_crowds(session, pack.templates)
        linking.find(session, "explanation", first, "asked_access")
        own, _ = clock.read()
        matches = dict(
            session.rows(
                exp.select("template", exp.func("count", exp.Star())).from_("explanation").group_by("template")
            )
        )
        [(accesses,)] = session.rows(exp.select(exp.func("count", exp.Star())).from_("asked_access"))
        session.drop("explanation")
        theirs = _rival(session, chosen.work / "postgresql", first, columns, matches)
    return {
        "accesses": accesses,
        "matches, the same in both": sum(matches.values()),
        "PostgreSQL's indexes, made and analysed before": theirs["indexes"],
        "PostgreSQL, seconds": theirs["seconds"],
        "the engine, seconds": own,
        "times as fast (target 15)": theirs["seconds"] / own,
    }


def _rival(
    session: Session, folder: Path, templates: Sequence[Template], columns: Sequence[str], expected: dict[str, int]
) -> dict[str, float]:
    server = rival.Server(folder)
    server.start()
    try:
        database = server.connect()
        rival.take_in(session, database, columns)
        indexes = rival.index(database, templates)
        seconds = 0.0
        for template in templates:
            clock = Clock()
            found = rival.explain(database, template)
            seconds += clock.read()[0]
            if found != expected.get(template.id, 0):
                msg = f"{template.id}: PostgreSQL finds {found} matches, the engine {expected.get(template.id, 0)}"
                raise SystemExit(msg)
    finally:
        server.stop()
    return {"indexes": indexes, "seconds": seconds}


STEPS: dict[str, Callable[[argparse.Namespace], dict[str, float]]] = {
    "lay out": _lay_out,
    "whole": _whole,
    "day": _day,
    "late": _late,
    "postgresql": _postgresql,
}


if __name__ == "__main__":
    main()
