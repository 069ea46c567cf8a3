"""The hub's side of the hall: accounts of its staff, and unlocking by telephone."""
