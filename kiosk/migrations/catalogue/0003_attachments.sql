-- Files of published documents, by their SHA-256: what a hub gives out and a terminal wants, without reading records.
CREATE TABLE document_attachment (
  doc_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (doc_id, at)
) WITHOUT ROWID;
CREATE INDEX document_attachment_file ON document_attachment (sha256);
