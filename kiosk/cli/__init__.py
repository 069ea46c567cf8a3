"""The command line: one file a group of commands, calling the same actions as the pages."""
