"""The experience zone: what citizens touch at a terminal and what clerks touch at the hub."""
