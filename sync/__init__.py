"""Synchronisation of terminals and hub: catalogue down, submissions up, states back. Knows nothing of kiosk."""
