"""What a terminal brings together for somebody who begins a request."""
