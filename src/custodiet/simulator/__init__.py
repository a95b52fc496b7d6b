"""The invented force: a world simulated from its causes, written down as the exports of several systems."""

from custodiet.simulator.force import Progress, Simulated, simulate

__all__ = ["Progress", "Simulated", "simulate"]
