-- The end of the audit chain: whoever adds a line takes this row first, so that two never bind to the same line.
CREATE TABLE audit_head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  chain TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, chain)
  SELECT 1, COALESCE(MAX(seq), 0),
    COALESCE((SELECT chain FROM audit ORDER BY seq DESC LIMIT 1),
      '0000000000000000000000000000000000000000000000000000000000000000')
  FROM audit;
