"""The hub's desk for the halls: accounts of their staff, and unlocking by telephone."""
