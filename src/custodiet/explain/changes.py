"""What two runs say differently of accesses, and by which rows. `change_reference` says the same in plain loops.

The steps, in order. `earlier_` and `later_` stand before the relations of the two runs:

1. `instance_change`: instances of templates that one of the runs has alone.
2. `state_change`: accesses that both know and judge differently.
3. `change_cause` (asks whether `packs` and `code` differ): the rows that did it; reads `fact_change` and `merge_edge`, too.
"""

from __future__ import annotations

from custodiet.relations.query import Query

INSTANCE_CHANGE = Query("custodiet.explain", "instance_change.sql")
STATE_CHANGE = Query("custodiet.explain", "state_change.sql")
CHANGE_CAUSE = Query("custodiet.explain", "change_cause.sql")
