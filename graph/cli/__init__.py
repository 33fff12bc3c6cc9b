"""The command line: `session-tracker`."""
