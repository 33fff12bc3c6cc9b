"""Tests of what is open: one source for each subject, read together, shown to each viewer as it changes."""
