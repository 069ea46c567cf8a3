"""Places, topics, hours and closures at the desk: a week one can drag, and plain forms for all of it."""
