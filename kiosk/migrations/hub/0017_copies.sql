-- Copies that were made of this hub: until which day their first list of names may be kept. Empty: they hold none.
CREATE TABLE home_copy (
  file TEXT PRIMARY KEY,
  made_at TEXT NOT NULL,
  names_until TEXT NOT NULL
);
