-- Whoever got a password from an administrator sets one of their own before anything else.
ALTER TABLE staff_account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
