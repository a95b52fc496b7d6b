"""What a template in shadow would match in a run, and what it costs: it counts, and closes nothing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from custodiet.app.examples import of_template
from custodiet.engines.duckdb import Session
from custodiet.errors import BadInput, Refused
from custodiet.explain.compiler import compiled
from custodiet.explain.pack import Pack
from custodiet.explain.template import Template
from custodiet.explain.template_file import read
from custodiet.relations.query import Query
from custodiet_mining import instances
from custodiet_mining.limits import Limits
from custodiet_mining.mining import laid_out
from custodiet_mining.weighing import Weighed

MATCHED = Query("custodiet_mining", "matched.sql")
#: Keys of a template that say how far it has come.
_WRITTEN_LATER = frozenset({"status", "approved_by", "approved_on", "shadow_until"})
RESIDUE_SIZE = Query("custodiet_mining", "residue_size.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """What was counted of a template over the residue of one run, and its price among fakes."""

    residue: int
    matched: int
    would_close: int
    weighed: Weighed


def counted(session: Session, pack: Pack, template: Template, limits: Limits) -> Shadow:
    """Return what the template matches of the run's residue, and of the fakes; the session holds the run and `fake_access`.

    Raises Refused where it swallows more of the misuse-like fakes than a proposal may.
    """
    pool = laid_out(session, limits)
    session.create_table(instances.INSTANCE, compiled(template, "pool"))
    weighed = Weighed(matched=dict(session.rows(instances.matched("pool"))), pool=pool)
    if weighed.swallowed > limits.swallowed:
        msg = f"as it stands it matches {weighed.swallowed:.1%} of the misuse-like fakes; at most {limits.swallowed:.0%} may be"
        raise Refused(msg)
    session.create_table(instances.INSTANCE, compiled(template, "residue"))
    strengths = [strength for _, strength in session.rows(MATCHED)]
    [(residue,)] = session.rows(RESIDUE_SIZE)
    return Shadow(
        residue=residue,
        matched=len(strengths),
        would_close=sum(strength >= pack.thresholds.explained for strength in strengths),
        weighed=weighed,
    )


def checked_edit(text: str, file: str, mined: Template) -> Template:
    """Return the template that the text holds; raises BadPack or BadInput unless it is the path that was mined, told better.

    Words, windows, filters and strength may be other than they were mined; the relations and the keys by which they meet may not.
    """
    edited = read(text, file)
    for key in sorted(_WRITTEN_LATER & set(tomllib.loads(text))):
        raise BadInput("This is written by `custodiet mine approve`; leave it out.", file=file, field=key)
    if [(hop.relation, set(hop.match)) for hop in edited.path] != [
        (hop.relation, set(hop.match)) for hop in mined.path
    ]:
        raise BadInput(
            "This is another path than the one that was mined; add it to your pack as a template of your own.",
            file=file,
            field="path",
        )
    problems = [f"{each.example}: {each.problem}" for each in of_template(edited) if each.problem]
    if problems:
        raise BadInput("An example does not come out as it says.", file=file, found="; ".join(problems))
    return edited
