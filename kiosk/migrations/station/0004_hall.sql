-- What the hall's staff needs: calls for a person, wrong tries of its PIN, when the page on the screen was last alive.
CREATE TABLE staff_call (
  id INTEGER PRIMARY KEY,
  called_at TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  called_s REAL NOT NULL,               -- steady time of that boot, so that a wrong clock shows no wrong wait
  presses INTEGER NOT NULL DEFAULT 1,
  answered_at TEXT
);
CREATE INDEX staff_call_open ON staff_call(answered_at, id);

-- Counted before the answer is given; `pin` is a hash of the PIN's hash, so that a new PIN starts anew.
CREATE TABLE pin_try (
  pin TEXT PRIMARY KEY,
  wrong INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  since_s REAL NOT NULL
);

-- A browser may be frozen while its server answers: the page itself says that it lives.
CREATE TABLE page_sign (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seen_at TEXT NOT NULL
);
