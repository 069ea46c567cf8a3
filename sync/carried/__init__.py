"""What travels between hub and terminal: the feed, snapshots, pieces of files, side lists, daily counts."""
