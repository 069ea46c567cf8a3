-- Rows that name persons, as published: they never enter the feed, and reach only the terminals of their township
-- while their window is open. `seq` is the place in the feed of the record that they belong to.
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
  SELECT e.doc_id, d.seq, json_extract(e.record, '$.fields.township'),
    json_extract(e.record, '$.fields.named_rows.shown_from'), json_extract(e.record, '$.fields.named_rows.shown_until'),
    json_extract(e.record, '$.fields.named_rows')
  FROM entry e JOIN document d ON d.doc_id = e.doc_id AND d.deleted = 0
  WHERE e.state = 'approved' AND json_extract(e.record, '$.fields.township') <> ''
    AND json_type(e.record, '$.fields.named_rows.rows') = 'array'
    AND json_extract(e.record, '$.fields.named_rows.shown_from') <> ''
    AND json_extract(e.record, '$.fields.named_rows.shown_until') <> '';
