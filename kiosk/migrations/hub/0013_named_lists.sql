-- Rows that name persons, as published: they never enter the feed, and reach only the terminals of their township
-- while their window is open. `seq` is the place in the feed of the record that they belong to;
-- 0 for what was published before this table was there.
CREATE TABLE named_list (
  doc_id TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  township TEXT NOT NULL,
  shown_from TEXT NOT NULL,
  shown_until TEXT NOT NULL,
  list TEXT NOT NULL
);
CREATE INDEX named_list_township ON named_list (township, shown_until);
INSERT INTO named_list (doc_id, seq, township, shown_from, shown_until, list)
  SELECT doc_id, 0, json_extract(record, '$.fields.township'),
    json_extract(record, '$.fields.named_rows.shown_from'), json_extract(record, '$.fields.named_rows.shown_until'),
    json_extract(record, '$.fields.named_rows')
  FROM entry
  WHERE state = 'approved' AND publish_on = '' AND disclosure = 'proactive'
    AND json_extract(record, '$.fields.township') <> ''
    AND json_type(record, '$.fields.named_rows.rows') = 'array'
    AND json_extract(record, '$.fields.named_rows.shown_from') <> ''
    AND json_extract(record, '$.fields.named_rows.shown_until') <> '';
