"""What is carried: the feed, snapshots, pieces of files, side lists, counts of a day."""
