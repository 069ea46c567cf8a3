"""Paper: slips, their layout, their renderers, the spool and the devices. Knows nothing of requests or citizens."""
