"""Two machines agree: catalogue down, submissions up, statuses back; knows nothing of kiosk."""
