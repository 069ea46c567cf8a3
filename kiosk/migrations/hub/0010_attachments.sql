-- Files that entries name, also those that wait: a file that no entry needs any more is erased.
CREATE TABLE entry_attachment (
  doc_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (doc_id, sha256)
) WITHOUT ROWID;
CREATE INDEX entry_attachment_file ON entry_attachment (sha256);
