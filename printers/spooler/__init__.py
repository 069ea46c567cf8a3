"""The spool and its workers: what is to be printed, and what became of it."""
