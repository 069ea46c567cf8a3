-- The published feed at the hub, and its replica on a terminal: the same table, one row a document.
CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  doc_id TEXT NOT NULL UNIQUE,
  seq INTEGER NOT NULL UNIQUE,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  schema_rev INTEGER NOT NULL DEFAULT 1,
  hash TEXT NOT NULL,
  kind TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL DEFAULT '',
  doc_no TEXT NOT NULL DEFAULT '',
  issuers TEXT NOT NULL DEFAULT '[]',
  published_on TEXT NOT NULL DEFAULT '',
  validity TEXT NOT NULL DEFAULT '',
  record TEXT NOT NULL DEFAULT ''
);
CREATE INDEX document_kind_published ON document (kind, published_on);
CREATE TABLE document_link (
  from_id TEXT NOT NULL,
  rel TEXT NOT NULL,
  to_id TEXT NOT NULL,
  PRIMARY KEY (from_id, rel, to_id)
);
CREATE INDEX document_link_to ON document_link (to_id);
CREATE TABLE feed_position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  as_of TEXT NOT NULL DEFAULT ''
);
