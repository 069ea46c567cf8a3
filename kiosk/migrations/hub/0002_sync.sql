-- What the hub knows of its terminals and what it took from them.
CREATE TABLE sync_position (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  hub_epoch TEXT NOT NULL,                        -- changes when the hub is restored from a backup
  inbox_no INTEGER NOT NULL DEFAULT 0,            -- running number of submissions taken
  status_seq INTEGER NOT NULL DEFAULT 0,          -- position in the list of status changes
  backed_up_through INTEGER NOT NULL DEFAULT 0,   -- highest inbox number that a backup holds
  terminal_prefix TEXT NOT NULL DEFAULT 'T',      -- head of terminal codes, chosen when the hub is made
  terminal_no INTEGER NOT NULL DEFAULT 0          -- running number behind terminal codes
);

CREATE TABLE device (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  terminal TEXT NOT NULL UNIQUE,                  -- code at the head of the numbers it issues
  epoch TEXT NOT NULL,
  public_key BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'quarantined', 'revoked')),
  state_code TEXT NOT NULL DEFAULT '',            -- why it is not active
  session TEXT NOT NULL DEFAULT '',               -- token that it presented last
  session_next TEXT NOT NULL DEFAULT '',          -- token that it was given since, perhaps in a lost answer
  hello_nonce_at TEXT,                            -- when the nonce of its last hello was given
  enrolled_at TEXT NOT NULL,
  seen_at TEXT,
  issued_through INTEGER NOT NULL DEFAULT 0,
  feed_seq INTEGER NOT NULL DEFAULT 0,
  status_seq INTEGER NOT NULL DEFAULT 0,
  unsent INTEGER NOT NULL DEFAULT 0,
  parked INTEGER NOT NULL DEFAULT 0,
  refused TEXT NOT NULL DEFAULT '[]'              -- documents of the feed that it could not take
);

CREATE TABLE enrolment_code (
  code_id TEXT PRIMARY KEY,                       -- first group of the code, not secret
  name TEXT NOT NULL,
  code_hash BLOB NOT NULL,                        -- keyed hash of the rest; the code itself is kept nowhere
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  wrong INTEGER NOT NULL DEFAULT 0,
  device TEXT,                                    -- who used it
  used_at TEXT
);

-- Highest counter seen of each nonce that the hub gave; older counters are replays.
CREATE TABLE device_nonce (
  device TEXT NOT NULL,
  nonce TEXT NOT NULL,
  counter INTEGER NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (device, nonce)
);

-- Submissions taken, each once; answer is given again word for word to a repeated try.
CREATE TABLE inbox (
  no INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  number TEXT NOT NULL UNIQUE,
  digest TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  envelope TEXT NOT NULL,
  sealed BLOB NOT NULL,
  received_at TEXT NOT NULL,
  answer TEXT NOT NULL,
  UNIQUE (device, epoch, seq)
);

-- Uploads whose place or number another submission holds: a cloned or rolled-back disk. Kept for a person.
CREATE TABLE inbox_quarantine (
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  device TEXT NOT NULL,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  number TEXT NOT NULL,
  code TEXT NOT NULL,
  envelope TEXT NOT NULL,
  sealed BLOB NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (key, digest)
);

-- Newest state of each number; a change moves the row to a new seq.
CREATE TABLE status (
  seq INTEGER NOT NULL UNIQUE,
  number TEXT PRIMARY KEY,
  device TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,                           -- canonical JSON object, nothing personal
  changed_at TEXT NOT NULL
);
CREATE INDEX status_device_seq ON status(device, seq);

-- Wrong guesses at query codes, by number and by terminal.
CREATE TABLE track_attempt (
  subject TEXT PRIMARY KEY,
  wrong INTEGER NOT NULL,
  since TEXT NOT NULL
);
