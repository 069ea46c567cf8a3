"""The hall's pages at a terminal: assisted service, calls for staff, the staff page."""
