"""The machines of one hall: their signed messages, the copies of the queue, its wiring."""
