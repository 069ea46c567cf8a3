"""What the county publishes: kinds, import, search, pages and the desk that releases it."""
