-- Web addresses that published records name, and how they answered last.
CREATE TABLE link_use (
  doc_id TEXT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (doc_id, url)
) WITHOUT ROWID;
CREATE INDEX link_use_url ON link_use (url);
CREATE TABLE link_look (
  url TEXT PRIMARY KEY,
  looked_on TEXT NOT NULL,
  said TEXT NOT NULL,
  fails INTEGER NOT NULL                  -- looks in a row, on different days, that failed
) WITHOUT ROWID;
CREATE TABLE link_position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  through INTEGER NOT NULL                -- place in the feed up to which records were read
);
