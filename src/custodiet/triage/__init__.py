"""Triage: accesses gathered into episodes, episodes put in the order in which people should look at them."""
