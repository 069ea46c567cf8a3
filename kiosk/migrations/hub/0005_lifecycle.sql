-- The life of an entry at the desk: what was done to it, why, on which ground it stays closed, when it is due.
-- brought_hash: what the source last brought, so that a nightly export does not undo what a clerk changed.
ALTER TABLE entry ADD COLUMN brought_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN act TEXT NOT NULL DEFAULT 'import'
  CHECK (act IN ('import', 'new', 'edit', 'amend', 'repeal', 'version'));
ALTER TABLE entry ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN ground TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN publish_on TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN reviewed_on TEXT NOT NULL DEFAULT '';
UPDATE entry SET brought_hash = hash;
CREATE INDEX entry_publish_on ON entry (publish_on);
