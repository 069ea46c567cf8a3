"""The terminal's own pages: start page, reading comfort, help, leaving."""
