"""What two runs say differently of findings."""

from __future__ import annotations

from custodiet.relations.query import Query

#: Reads `finding` and `walled`.
SEEN_FINDING = Query("custodiet.triage", "seen_finding.sql")
#: Reads `earlier_` and `later_` `finding` and `episode_access`, and `state_change`.
FINDING_CHANGE = Query("custodiet.triage", "finding_change.sql")
