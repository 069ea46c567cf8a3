"""What a county offers for consultation: places, topics and hours, and the sessions that they make."""
