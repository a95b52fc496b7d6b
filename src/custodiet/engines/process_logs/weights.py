"""Additive weights of evidence: a logistic model over bins, learned on earlier accesses against fakes of that time.

More of what ties an actor to a case never speaks against the access, and less of it never for it: these weights rise from
bin to bin. So no weight can turn what is missing into a reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from custodiet.engines.process_logs.evidence import KINDS, TIES
from custodiet.engines.process_logs.replay import Evidence

Floats = npt.NDArray[np.float64]
#: How strongly weights are drawn to nought: in a small log a bin with few accesses decides nothing.
_RIDGE = 8.0
_STEPS, _HALVINGS = 40, 14
#: Below this part of the loss a step gains nothing worth another.
_ENOUGH = 1e-7


@dataclass(frozen=True, slots=True)
class Weights:
    """A log-odds for each bin of each kind of evidence. Where nothing is known, the kind adds nothing."""

    intercept: float
    of_bin: tuple[Floats, ...]

    def parts(self, found: Evidence) -> Floats:
        """Return what each kind of evidence adds for each access."""
        parts = np.zeros(found.shape)
        for number, weights in enumerate(self.of_bin):
            parts[:, number] = weights[_bins(found, number)]
        return parts


def learned(found: Evidence, is_real: npt.NDArray[np.bool_]) -> Weights:
    """Return the weights that tell the real accesses from the fakes best, by penalised logistic regression."""
    columns = [_steps(found, number) for number in range(len(KINDS))]
    design = np.concatenate([np.ones((len(found), 1), dtype=np.float32), *columns], axis=1)
    coefficients = _newton(design, is_real.astype(np.float64), _signs())
    weights, start = [], 1
    for number in range(len(KINDS)):
        width = columns[number].shape[1]
        weights.append(_ladder(number) @ coefficients[start : start + width])
        start += width
    return Weights(float(coefficients[0]), tuple(weights))


def _bins(found: Evidence, number: int) -> npt.NDArray[np.int64]:
    """Return the bin of each access; where nothing is known, the bin that says nothing."""
    column, kind = found[:, number], KINDS[number]
    known = np.where(np.isnan(column), np.float32(kind.neutral), column)
    return np.searchsorted(np.asarray(kind.cuts, dtype=np.float32), known, side="right")


def _ladder(number: int) -> Floats:
    """Return a row for each bin: the rungs (cuts) that lie between it and the bin that says nothing."""
    cuts = np.asarray(KINDS[number].cuts)
    neutral = int(np.searchsorted(cuts, KINDS[number].neutral, side="right"))
    bins, rungs = np.arange(len(cuts) + 1)[:, None], np.arange(len(cuts))[None, :]
    above = (rungs >= neutral) & (bins > rungs)
    below = (rungs < neutral) & (bins <= rungs)
    return (above | below).astype(np.float64)


def _steps(found: Evidence, number: int) -> npt.NDArray[np.float32]:
    return _ladder(number).astype(np.float32)[_bins(found, number)]


def _signs() -> npt.NDArray[np.int64]:
    """Return for each coefficient whether it must not be negative (1), not positive (-1), or may be either (0)."""
    signs = [0]
    for kind in KINDS:
        neutral = int(np.searchsorted(np.asarray(kind.cuts), kind.neutral, side="right"))
        tie = kind.reason in TIES
        signs += [0 if not tie else -1 if rung < neutral else 1 for rung in range(len(kind.cuts))]
    return np.array(signs)


def _newton(design: npt.NDArray[np.float32], target: Floats, signs: npt.NDArray[np.int64]) -> Floats:
    """Projected Newton steps, each shortened until the penalised likelihood rises; signed coefficients stop at nought."""
    ridge = np.full(design.shape[1], _RIDGE)
    ridge[0] = 1e-6
    coefficients: Floats = np.zeros(design.shape[1])
    loss = _loss(design, target, ridge, coefficients)
    for _ in range(_STEPS):
        move = _direction(design, target, ridge, coefficients, signs)
        for halving in range(_HALVINGS):
            tried = coefficients + move / 2**halving
            tried[tried * signs < 0] = 0.0
            better = _loss(design, target, ridge, tried)
            if better < loss:
                coefficients = tried
                break
        else:
            return coefficients
        if loss - better < _ENOUGH * loss:
            return coefficients
        loss = better
    return coefficients


def _direction(
    design: npt.NDArray[np.float32],
    target: Floats,
    ridge: Floats,
    coefficients: Floats,
    signs: npt.NDArray[np.int64],
) -> Floats:
    """Return the Newton step of the coefficients that are free: not at nought with the slope pushing them beyond it."""
    fitted = 1.0 / (1.0 + np.exp(-np.clip(design @ coefficients, -30, 30)))
    slope = design.T @ (target - fitted) - ridge * coefficients
    held = (signs != 0) & (np.abs(coefficients) < 1e-3) & (slope * signs <= 0)
    part = design[:, ~held]
    curve = (part * (fitted * (1 - fitted))[:, None].astype(np.float32)).T @ part
    move = np.where(held, -coefficients, 0.0)
    move[~held] = np.linalg.solve(curve.astype(np.float64) + np.diag(ridge[~held]), slope[~held])
    return move


def _loss(design: npt.NDArray[np.float32], target: Floats, ridge: Floats, coefficients: Floats) -> float:
    summed = design @ coefficients
    return float((np.logaddexp(0.0, summed) - target * summed).sum() + 0.5 * (ridge * coefficients**2).sum())
