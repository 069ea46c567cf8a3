"""The hub's side: devices and their enrolment, what they send, what they may ask."""
