"""The terminal itself: its start page, comfort of reading, help, and leaving."""
