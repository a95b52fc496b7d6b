"""Use cases, one function each: load, permit, decide, save with its record, return."""
