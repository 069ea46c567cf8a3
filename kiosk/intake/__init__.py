"""What every submission shares: numbers, query codes, sealing, the one transaction, and tracking."""
