-- Where a terminal stands, as the county says it: decides which side lists it gets. A list of names in JSON.
ALTER TABLE device ADD COLUMN townships TEXT NOT NULL DEFAULT '[]';
ALTER TABLE device ADD COLUMN channel TEXT NOT NULL DEFAULT 'kiosk' CHECK (channel IN ('kiosk', 'web'));
ALTER TABLE enrolment_code ADD COLUMN townships TEXT NOT NULL DEFAULT '[]';
ALTER TABLE enrolment_code ADD COLUMN channel TEXT NOT NULL DEFAULT 'kiosk' CHECK (channel IN ('kiosk', 'web'));
