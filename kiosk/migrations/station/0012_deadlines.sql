-- What this terminal keeps of a promised date, in the same words as the hub's: with its basis beside its doubt.
-- A date that was counted by a clock nobody trusted was no promise.
UPDATE submission SET masked = json_set(
    masked,
    '$.reply_due', json_extract(masked, '$.due_on'),
    '$.provisional', json(CASE WHEN json_extract(masked, '$.due_provisional') THEN 'true' ELSE 'false' END),
    '$.due_basis', CASE WHEN received_on IS NULL THEN 'if-received' ELSE 'received' END
  )
  WHERE json_extract(masked, '$.due_on') IS NOT NULL AND received_basis <> 'clock_unverified';
UPDATE submission SET masked = json_remove(masked, '$.due_on', '$.due_provisional')
  WHERE json_extract(masked, '$.due_on') IS NOT NULL;
