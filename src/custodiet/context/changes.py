"""What came between two ledger sizes: facts that stand at one of them only, and whom subject numbers mean at either."""

from __future__ import annotations

from custodiet.relations.query import Query

#: Reads `stored_fact` and `delivery_time`; asks for the sizes `earlier` and `later`.
FACT_CHANGE = Query("custodiet.context", "fact_change.sql")
#: Reads `earlier_subject_merge` and `later_subject_merge`.
MERGE_EDGE = Query("custodiet.context", "merge_edge.sql")
