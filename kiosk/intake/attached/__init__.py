"""Files that go with a submission: kept for its form, carried in pieces, opened at the desk."""
