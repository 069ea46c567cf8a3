"""The working-day calendar as this hub keeps it: announced years, their notices, versions, and how they change."""
