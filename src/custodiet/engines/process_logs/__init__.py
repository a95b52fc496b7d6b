"""Evaluates explanation on a process log: evidence from earlier events, fakes, weights, thresholds and figures."""
