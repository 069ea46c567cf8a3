"""The queue of a hall: tickets, their order, windows, calls, and the machine that owns them."""
