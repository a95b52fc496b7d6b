"""Evaluates explanation on a process log that lies in a file, and writes the accesses one by one where that is asked for."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from custodiet.bootstrap.outputs import writing_to
from custodiet.engines.process_logs.evaluation import Evaluation, ScoredAccess
from custodiet.engines.process_logs.trial import Wish
from custodiet.errors import UsageError
from custodiet.explain.log_figures import FAMILIES, LogFigures
from custodiet.model.instants import rfc3339
from custodiet.sources.process_logs import read, read_judged

_LEAST_SAMPLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvaluation:
    """What is asked: the mapping, the families (all unless some are named), how many accesses, a seed, a file to write.

    `judge` is a file with accesses that are to be judged besides; `out` tells of them.
    """

    mapping: Path | None = None
    families: Sequence[str] = ()
    sample: int = 20_000
    seed: str = "custodiet"
    out: Path | None = None
    judge: Path | None = None


def evaluate_log(file: Path, asked: LogEvaluation) -> LogFigures:
    """Return the figures of the log; raises BadInput where it cannot be read, UsageError for a family that there is not.

    No vault is needed and none is touched. Only the file `out` tells of single accesses.
    """
    wish = Wish(families=_families(asked.families), sample=_sample(asked.sample), seed=_number(asked.seed))
    if asked.judge is not None and asked.out is None:
        msg = "--judge needs --out FILE: there it is told how each access is judged"
        raise UsageError(msg)
    log = read(file, asked.mapping)
    evaluation = Evaluation(log, file.name, wish)
    figures = evaluation.figures()
    judged: list[ScoredAccess] = []
    if asked.judge is not None:
        judged = evaluation.judged(read_judged(asked.judge, log, figures.evaluated_from))
        figures = replace(figures, judged=len(judged), judged_explained=sum(one.explained for one in judged))
    if asked.out is not None:
        with writing_to(asked.out):
            _write(asked.out, chain(evaluation.accesses(), judged))
    return figures


def _write(out: Path, accesses: Iterable[ScoredAccess]) -> None:
    with out.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("family", "actor", "case", "at", "score", "explained", "reasons"))
        for one in accesses:
            score = "" if one.score is None else f"{one.score:.4f}"
            told = "yes" if one.explained else "no"
            writer.writerow((one.family, one.actor, one.case, rfc3339(one.at), score, told, one.reasons))


def _families(named: Sequence[str]) -> tuple[str, ...]:
    words = {name.replace(" ", "-"): name for name in FAMILIES}
    for name in named:
        if name.replace(" ", "-") not in words:
            msg = f"--families of a process log are {', '.join(words)}; {name} is none of them"
            raise UsageError(msg)
    return tuple(words[name.replace(" ", "-")] for name in named) or tuple(FAMILIES)


def _sample(count: int) -> int:
    if count < _LEAST_SAMPLE:
        msg = f"--sample is a number of accesses of {_LEAST_SAMPLE} or more, not {count}"
        raise UsageError(msg)
    return count


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6], "big")
