"""What a terminal and a hub need of each other for consultations."""
