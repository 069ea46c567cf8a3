"""Entry to the desk: second factors and sessions."""
