"""Files of records: which types there are, how they are opened, stored, shown and printed."""
