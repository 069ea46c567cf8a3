"""The spool and its workers: the papers to be printed and the state of each."""
