"""The hub's side: devices and their enrolment, taking submissions, answering requests."""
