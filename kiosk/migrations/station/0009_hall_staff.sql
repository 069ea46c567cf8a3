-- Unlocking by telephone: `subject` is the hash under which wrong tries are counted (pin_try.pin).
CREATE TABLE hall_unlock (
  subject TEXT PRIMARY KEY,
  challenge TEXT NOT NULL,              -- digits that wait for their answer; empty: none do
  unlocked INTEGER NOT NULL DEFAULT 0   -- how often it was answered
);

-- How many visits ended on a day: a count, nobody and nothing else.
CREATE TABLE visit_day (
  day TEXT PRIMARY KEY,                 -- Beijing calendar day
  visits INTEGER NOT NULL
);
