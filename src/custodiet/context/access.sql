-- Writes access: the accesses among the first $size entries of the ledger, each with its actor and its subject.
-- The actor is who is accountable: the operator, else who held the account at that moment, else the requester; an account
-- that nobody is known to hold stands for itself. A merged number resolves to its survivor; the number used is kept.
SELECT
  a."index" AS access,
  a.occurred_at,
  coalesce(a.operator, h.person, a.requester, 'account:' || a.account) AS actor,
  a.requester,
  a.operator,
  a.account,
  a.device,
  coalesce(m.survivor, a.subject) AS subject,
  a.subject AS subject_as_used,
  a.subject_kind,
  a.system,
  a.action,
  a.channel,
  a.record,
  a.session,
  a.search_terms,
  a.stated_purpose,
  a.purpose_code,
  a.quoted_reference,
  a.source
FROM stored_access AS a
LEFT JOIN account_holder AS h
  ON h.account = a.account AND h.valid_from <= a.occurred_at AND a.occurred_at < h.valid_to
LEFT JOIN survivor AS m ON m.subject = a.subject
WHERE a."index" < $size
