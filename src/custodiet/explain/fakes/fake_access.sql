-- Writes the fakes of one family as accesses: who and when of the sampled access, whom and what for of the draw.
-- The subject's own reference and purpose come along from the access it was taken from, so that no template gains by
-- trusting what is typed. A draw that somebody really made (that actor, that subject, that day) is none and is left out.
SELECT
  $offset + s.access AS access,
  s.access AS made_from,
  d.made_by,
  s.occurred_at,
  d.actor,
  CASE WHEN d.actor = s.actor THEN s.requester END AS requester,
  d.actor AS operator,
  CASE WHEN d.actor = s.actor THEN s.account END AS account,
  s.device,
  d.subject,
  coalesce(o.subject_as_used, d.subject) AS subject_as_used,
  coalesce(o.subject_kind, k.subject_kind, 'person') AS subject_kind,
  s.system,
  s.action,
  s.channel,
  o.record,
  s.session,
  o.search_terms,
  o.stated_purpose,
  o.purpose_code,
  o.quoted_reference,
  s.source
FROM draw AS d
JOIN sampled_access AS s ON s.access = d.access
LEFT JOIN access AS o ON o.access = d.donor
LEFT JOIN (SELECT subject, min(subject_kind) AS subject_kind FROM subject GROUP BY subject) AS k ON k.subject = d.subject
WHERE NOT EXISTS (
  SELECT 1
  FROM access AS r
  WHERE r.actor = d.actor AND r.subject = d.subject AND CAST(r.occurred_at AS DATE) = CAST(s.occurred_at AS DATE)
)
