-- What the county decided about the words of the search; what the product brings stands in its own lists.
CREATE TABLE county_word (
  form TEXT NOT NULL CHECK (form IN ('pair', 'term')),
  word TEXT NOT NULL,
  meaning TEXT NOT NULL,                  -- official words separated by |, or the weight of a term
  status TEXT NOT NULL CHECK (status IN ('needs_review', 'reviewed', 'dropped')),
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  turn INTEGER NOT NULL UNIQUE,           -- grows with each change: a word is never deleted, only dropped
  PRIMARY KEY (form, word)
) WITHOUT ROWID;
