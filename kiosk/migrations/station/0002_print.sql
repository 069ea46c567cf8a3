-- Papers to be printed. A slip is a masked snapshot; the query code is only in `secret`, encrypted, and only until
-- its bytes leave for the printer, or the job is cancelled.
CREATE TABLE print_job (
  id INTEGER PRIMARY KEY,
  request_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  copy INTEGER NOT NULL DEFAULT 0 CHECK (copy >= 0),
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'sending', 'sent', 'printed', 'uncertain', 'superseded', 'cancelled')),
  reason TEXT NOT NULL DEFAULT '',
  slip TEXT NOT NULL,
  secret BLOB,
  has_secret INTEGER NOT NULL DEFAULT 0 CHECK (has_secret IN (0, 1)),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  paper_mm INTEGER NOT NULL DEFAULT 0,
  UNIQUE (request_key, kind, copy),
  CHECK (secret IS NULL OR state IN ('queued', 'sending'))
);
CREATE INDEX print_job_state ON print_job(state, id);

-- Every change of state: who (a clerk's name, 'citizen' or 'worker') and why (a code, or a clerk's words).
CREATE TABLE print_event (
  id INTEGER PRIMARY KEY,
  job_id INTEGER NOT NULL REFERENCES print_job(id),
  at TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  by_whom TEXT NOT NULL,
  why TEXT NOT NULL
);
CREATE INDEX print_event_job ON print_event(job_id, id);

-- What the worker last saw of the one printer. `torn` = a job broke off: the next one begins with a clean start.
CREATE TABLE print_device (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  state TEXT NOT NULL CHECK (state IN ('ok', 'low', 'bad', 'unknown')),
  reason TEXT NOT NULL DEFAULT '',
  checked_at TEXT NOT NULL DEFAULT '',
  torn INTEGER NOT NULL DEFAULT 0 CHECK (torn IN (0, 1))
);
INSERT INTO print_device (one, state) VALUES (1, 'unknown');
