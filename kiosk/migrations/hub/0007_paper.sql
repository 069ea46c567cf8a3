-- Millimetres of paper that a terminal has used in all, by kind, as it says with each hello: {"receipt": 18400}.
ALTER TABLE device ADD COLUMN paper TEXT NOT NULL DEFAULT '{}';
