-- Staff of the halls: accounts for terminals, not for the desk. Of a PIN only the hash is known.
CREATE TABLE hall_account (
  number TEXT PRIMARY KEY,                        -- as on the badge; never given to anybody else
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'closed')),
  pin_hash TEXT NOT NULL,                         -- empty once the account is closed
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

-- Who helped to fill in a request (LAW.md §1.2): a staff number, empty when the citizen was alone.
ALTER TABLE disclosure_case ADD COLUMN assisted_by TEXT NOT NULL DEFAULT '';
