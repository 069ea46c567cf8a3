"""The terminal's side: a round, the outbox, side lists that are held."""
