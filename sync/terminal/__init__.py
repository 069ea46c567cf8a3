"""The terminal's side: the round, the outbox, the side lists it holds."""
