"""The office's side of requests: ways in which they come, lights and lists, what the desk adds to a case."""
