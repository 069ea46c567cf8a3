"""A record: its kinds and fields, its rules and tables, and what happens to it until it is published."""
