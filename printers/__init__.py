"""Paper: slips, their layout and renderers, the spool, the devices. Knows nothing of requests or citizens."""
