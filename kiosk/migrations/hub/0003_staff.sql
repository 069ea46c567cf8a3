-- Who works at the desk, and the reading keys wrapped for them: nothing here opens anything without a password.
CREATE TABLE staff_account (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'pending', 'closed')),
  version INTEGER NOT NULL DEFAULT 1,
  password_hash TEXT NOT NULL,
  wrap_salt BLOB,
  public_key BLOB,
  wrapped_private BLOB,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  approved_at TEXT,
  approved_by TEXT
);
-- Wrong passwords since the last right one; `since` is steady time of boot `boot_id`.
CREATE TABLE staff_attempt (
  subject TEXT PRIMARY KEY,
  wrong INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  since REAL NOT NULL
);
CREATE TABLE reading_key (
  key_id TEXT PRIMARY KEY,
  seq INTEGER NOT NULL UNIQUE,
  public_key BLOB NOT NULL,
  recovery_wrapped BLOB NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE reading_grant (
  key_id TEXT NOT NULL REFERENCES reading_key (key_id),
  name TEXT NOT NULL REFERENCES staff_account (name),
  sealed BLOB NOT NULL,
  granted_at TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  PRIMARY KEY (key_id, name)
);
