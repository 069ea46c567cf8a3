-- The hub's tables as PostgreSQL holds them: what the SQL files up to this number make of a SQLite file.
CREATE TABLE station_fact (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
CREATE TABLE web_session (
  id TEXT PRIMARY KEY,
  sealed BYTEA NOT NULL,
  boot_id TEXT NOT NULL,
  seen DOUBLE PRECISION NOT NULL
);
CREATE TABLE attempt (
  subject TEXT NOT NULL,
  day TEXT NOT NULL,
  wrong BIGINT NOT NULL,
  PRIMARY KEY (subject, day)
);
CREATE TABLE audit (
  seq BIGINT PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  chain TEXT NOT NULL
);
CREATE TABLE disclosure_case (
  number TEXT PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  organ_code TEXT NOT NULL,
  applicant_type TEXT NOT NULL,
  entry_mode TEXT NOT NULL,
  submitted_at TEXT NOT NULL,
  received_on TEXT,
  received_basis TEXT NOT NULL,
  state TEXT NOT NULL,
  reply_due TEXT,
  due_provisional BOOLEAN NOT NULL DEFAULT FALSE,
  calendar_version TEXT NOT NULL DEFAULT '',
  registered_on TEXT,
  assisted_by TEXT NOT NULL DEFAULT ''
);
CREATE TABLE disclosure_event (
  seq BIGINT PRIMARY KEY,
  number TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  event TEXT NOT NULL,
  detail TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX disclosure_event_number ON disclosure_event (number, seq);
CREATE TABLE sync_position (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  hub_epoch TEXT NOT NULL,
  inbox_no BIGINT NOT NULL DEFAULT 0,
  status_seq BIGINT NOT NULL DEFAULT 0,
  backed_up_through BIGINT NOT NULL DEFAULT 0,
  terminal_prefix TEXT NOT NULL DEFAULT 'T',
  terminal_no BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE device (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  terminal TEXT NOT NULL UNIQUE,
  epoch TEXT NOT NULL,
  public_key BYTEA NOT NULL UNIQUE,
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'quarantined', 'revoked')),
  state_code TEXT NOT NULL DEFAULT '',
  session TEXT NOT NULL DEFAULT '',
  session_next TEXT NOT NULL DEFAULT '',
  hello_nonce_at TEXT,
  enrolled_at TEXT NOT NULL,
  seen_at TEXT,
  issued_through BIGINT NOT NULL DEFAULT 0,
  feed_seq BIGINT NOT NULL DEFAULT 0,
  status_seq BIGINT NOT NULL DEFAULT 0,
  unsent BIGINT NOT NULL DEFAULT 0,
  parked BIGINT NOT NULL DEFAULT 0,
  refused TEXT NOT NULL DEFAULT '[]',
  paper TEXT NOT NULL DEFAULT '{}',
  townships TEXT NOT NULL DEFAULT '[]',
  channel TEXT NOT NULL DEFAULT 'kiosk' CHECK (channel IN ('kiosk', 'web'))
);
CREATE TABLE enrolment_code (
  code_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  code_hash BYTEA NOT NULL,
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  wrong BIGINT NOT NULL DEFAULT 0,
  device TEXT,
  used_at TEXT,
  townships TEXT NOT NULL DEFAULT '[]',
  channel TEXT NOT NULL DEFAULT 'kiosk' CHECK (channel IN ('kiosk', 'web'))
);
CREATE TABLE device_nonce (
  device TEXT NOT NULL,
  nonce TEXT NOT NULL,
  counter BIGINT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (device, nonce)
);
CREATE TABLE inbox (
  no BIGINT PRIMARY KEY,
  device TEXT NOT NULL,
  epoch TEXT NOT NULL,
  seq BIGINT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  number TEXT NOT NULL UNIQUE,
  digest TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  envelope TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  received_at TEXT NOT NULL,
  answer TEXT NOT NULL,
  UNIQUE (device, epoch, seq)
);
CREATE TABLE inbox_quarantine (
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  device TEXT NOT NULL,
  epoch TEXT NOT NULL,
  seq BIGINT NOT NULL,
  number TEXT NOT NULL,
  code TEXT NOT NULL,
  envelope TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  received_at TEXT NOT NULL,
  PRIMARY KEY (key, digest)
);
CREATE TABLE status (
  seq BIGINT NOT NULL UNIQUE,
  number TEXT PRIMARY KEY,
  device TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
CREATE INDEX status_device_seq ON status(device, seq);
CREATE TABLE track_attempt (
  subject TEXT PRIMARY KEY,
  wrong BIGINT NOT NULL,
  since TEXT NOT NULL
);
CREATE TABLE staff_account (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'pending', 'closed')),
  version BIGINT NOT NULL DEFAULT 1,
  password_hash TEXT NOT NULL,
  wrap_salt BYTEA,
  public_key BYTEA,
  wrapped_private BYTEA,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL,
  approved_at TEXT,
  approved_by TEXT,
  must_change BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE TABLE staff_attempt (
  subject TEXT PRIMARY KEY,
  wrong BIGINT NOT NULL,
  boot_id TEXT NOT NULL,
  since DOUBLE PRECISION NOT NULL
);
CREATE TABLE reading_key (
  key_id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL UNIQUE,
  public_key BYTEA NOT NULL,
  recovery_wrapped BYTEA NOT NULL,
  created_at TEXT NOT NULL
);
CREATE TABLE reading_grant (
  key_id TEXT NOT NULL REFERENCES reading_key (key_id),
  name TEXT NOT NULL REFERENCES staff_account (name),
  sealed BYTEA NOT NULL,
  granted_at TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  PRIMARY KEY (key_id, name)
);
CREATE TABLE import_batch (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  name TEXT NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  created BIGINT NOT NULL DEFAULT 0,
  changed BIGINT NOT NULL DEFAULT 0,
  unchanged BIGINT NOT NULL DEFAULT 0,
  refused BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE entry (
  doc_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  disclosure TEXT NOT NULL CHECK (disclosure IN ('proactive', 'on_request', 'withheld')),
  index_no TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn')),
  hash TEXT NOT NULL,
  record TEXT NOT NULL,
  batch_id BIGINT REFERENCES import_batch (id),
  proposed_by TEXT NOT NULL,
  proposed_at TEXT NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  decided_at TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  brought_hash TEXT NOT NULL DEFAULT '',
  act TEXT NOT NULL DEFAULT 'import' CHECK (act IN ('import', 'new', 'edit', 'amend', 'repeal', 'version')),
  reason TEXT NOT NULL DEFAULT '',
  ground TEXT NOT NULL DEFAULT '',
  publish_on TEXT NOT NULL DEFAULT '',
  reviewed_on TEXT NOT NULL DEFAULT ''
);
CREATE INDEX entry_state_kind ON entry (state, kind);
CREATE INDEX entry_index_no ON entry (index_no);
CREATE INDEX entry_publish_on ON entry (publish_on);
CREATE TABLE import_upload (
  token TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  mapping TEXT NOT NULL DEFAULT ''
);
CREATE TABLE column_mapping (
  name TEXT PRIMARY KEY,
  spec TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE TABLE watched_file (
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  changed_ns BIGINT NOT NULL,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  report TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (name, sha256)
);
CREATE TABLE tally_taken (
  device TEXT NOT NULL,
  id TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (device, id)
);
CREATE TABLE silent_search (
  words TEXT NOT NULL,
  day TEXT NOT NULL,
  many BIGINT NOT NULL,
  PRIMARY KEY (words, day)
);
CREATE TABLE silent_settled (
  words TEXT PRIMARY KEY,
  through TEXT NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE problem (
  doc_id TEXT NOT NULL,
  what TEXT NOT NULL,
  words TEXT NOT NULL,
  day TEXT NOT NULL,
  many BIGINT NOT NULL,
  settled_at TEXT NOT NULL DEFAULT '',
  settled_by TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (doc_id, what, words, day, settled_at)
);
CREATE TABLE entry_attachment (
  doc_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (doc_id, sha256)
);
CREATE INDEX entry_attachment_file ON entry_attachment (sha256);
CREATE TABLE hall_account (
  number TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'closed')),
  pin_hash TEXT NOT NULL,
  pin_set_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  created_by TEXT NOT NULL
);
CREATE TABLE hall_place (
  number TEXT NOT NULL REFERENCES hall_account (number),
  device TEXT NOT NULL,
  PRIMARY KEY (number, device)
);
CREATE INDEX hall_place_device ON hall_place(device);
CREATE TABLE link_use (
  doc_id TEXT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (doc_id, url)
);
CREATE INDEX link_use_url ON link_use (url);
CREATE TABLE link_look (
  url TEXT PRIMARY KEY,
  looked_on TEXT NOT NULL,
  said TEXT NOT NULL,
  fails BIGINT NOT NULL
);
CREATE TABLE link_position (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  through BIGINT NOT NULL
);
CREATE TABLE named_list (
  doc_id TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  township TEXT NOT NULL,
  shown_from TEXT NOT NULL,
  shown_until TEXT NOT NULL,
  list TEXT NOT NULL
);
CREATE INDEX named_list_township ON named_list (township, shown_until);
CREATE TABLE speech_audio (
  key TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  seconds DOUBLE PRECISION NOT NULL,
  rank BIGINT NOT NULL,
  made_at TEXT NOT NULL
);
CREATE INDEX speech_audio_sha256 ON speech_audio (sha256);
CREATE TABLE speech_change (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  number BIGINT NOT NULL
);
INSERT INTO speech_change (one, number) VALUES (1, 0);
CREATE TABLE county_word (
  form TEXT NOT NULL CHECK (form IN ('pair', 'term')),
  word TEXT NOT NULL,
  meaning TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('needs_review', 'reviewed', 'dropped')),
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  turn BIGINT NOT NULL UNIQUE,
  PRIMARY KEY (form, word)
);
CREATE TABLE home_copy (
  file TEXT PRIMARY KEY,
  made_at TEXT NOT NULL,
  names_until TEXT NOT NULL
);
CREATE TABLE audit_head (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  seq BIGINT NOT NULL,
  chain TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, chain) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
