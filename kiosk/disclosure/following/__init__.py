"""What a citizen follows and adds: dated steps, corrections, withdrawals, ratings, suggestions to publish."""
