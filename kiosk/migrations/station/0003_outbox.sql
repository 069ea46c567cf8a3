-- What this terminal knows of its hub, and what it still owes it. One row: a terminal has one hub.
CREATE TABLE hub_link (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  device TEXT NOT NULL,                 -- the hub's name for this machine in signatures
  terminal TEXT NOT NULL,               -- the code at the head of each number
  epoch TEXT NOT NULL,                  -- changes when the machine is enrolled anew, so that seq may start again
  last_seq INTEGER NOT NULL DEFAULT 0,  -- place of the newest outbox entry
  session TEXT NOT NULL DEFAULT '',     -- token of the last hello; two holders of one token are clones
  hub_key BLOB NOT NULL,                -- Ed25519, pinned at enrolment
  seal_key BLOB NOT NULL,               -- X25519, replaced only by a signed hello
  seal_key_id TEXT NOT NULL,
  hub_epoch TEXT NOT NULL DEFAULT '',   -- changes when the hub is restored from a backup
  feed_epoch TEXT NOT NULL DEFAULT '',  -- of the catalogue feed, as the hub named it last
  feed_head INTEGER NOT NULL DEFAULT 0, -- newest seq of that feed at the last hello
  status_seq INTEGER NOT NULL DEFAULT 0,
  hub_time TEXT NOT NULL DEFAULT '',    -- signed time of the last hello
  skew_s INTEGER NOT NULL DEFAULT 0,    -- terminal clock minus hub clock at that moment, whole seconds
  enrolled_at TEXT NOT NULL
);

-- Sealed submissions. A row is never deleted because of an error; sealed becomes NULL only when the hub
-- has reported a backup that holds the submission.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  number TEXT NOT NULL UNIQUE,
  envelope TEXT NOT NULL,               -- canonical JSON, in clear, nothing personal
  sealed BLOB,
  digest TEXT NOT NULL,                 -- sha256 hex of sealed
  created_at TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'acked', 'parked')),
  first_sent_at TEXT,
  acked_at TEXT,
  hub_no INTEGER,                       -- the hub's running number, compared with backed_up_through
  hub_epoch TEXT,
  parked_code TEXT,
  erased_at TEXT,
  UNIQUE (epoch, seq)
);
CREATE INDEX outbox_state ON outbox(state, seq);

-- Last try and last success by direction; "synchronised" is never claimed for both at once.
CREATE TABLE sync_report (
  direction TEXT PRIMARY KEY CHECK (direction IN ('hello', 'up', 'down', 'status')),
  tried_at TEXT NOT NULL,
  succeeded_at TEXT,
  count INTEGER NOT NULL DEFAULT 0,     -- things moved in the last try
  error TEXT                            -- code of the last try, NULL when it succeeded
);

-- Documents of the feed that this terminal could not take; reported at the next hello, gone when replaced.
CREATE TABLE feed_refusal (
  doc_id TEXT PRIMARY KEY,
  seq INTEGER NOT NULL,
  code TEXT NOT NULL,
  refused_at TEXT NOT NULL
);
