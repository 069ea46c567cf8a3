-- Which attached files are read here, by day and without persons: decides what is fetched and kept first.
CREATE TABLE attachment_use (
  sha256 TEXT PRIMARY KEY,
  days INTEGER NOT NULL,
  last_on TEXT NOT NULL
) WITHOUT ROWID;
-- Papers that are pages of a file: its name, type and pages. `slip` then only names it.
ALTER TABLE print_job ADD COLUMN source TEXT NOT NULL DEFAULT '';
