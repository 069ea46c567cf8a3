-- Two printers: the receipt printer, and a page printer for forms to sign. Each has papers of its own.
-- A paper with personal data is stored sealed (`is_sealed`): `slip` then only names it, `secret` is the paper itself,
-- encrypted under the key of this boot and erased when its bytes leave.
ALTER TABLE print_job ADD COLUMN device TEXT NOT NULL DEFAULT 'receipt' CHECK (device IN ('receipt', 'page'));
ALTER TABLE print_job ADD COLUMN is_sealed INTEGER NOT NULL DEFAULT 0 CHECK (is_sealed IN (0, 1));

CREATE TABLE printer (
  name TEXT PRIMARY KEY CHECK (name IN ('receipt', 'page')),
  state TEXT NOT NULL CHECK (state IN ('ok', 'low', 'bad', 'unknown')),
  reason TEXT NOT NULL DEFAULT '',
  checked_at TEXT NOT NULL DEFAULT '',
  torn INTEGER NOT NULL DEFAULT 0 CHECK (torn IN (0, 1))
);
INSERT INTO printer (name, state, reason, checked_at, torn)
  SELECT 'receipt', state, reason, checked_at, torn FROM print_device;
INSERT INTO printer (name, state) VALUES ('page', 'unknown');
DROP TABLE print_device;
