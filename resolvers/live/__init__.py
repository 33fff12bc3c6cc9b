"""Live: everything that is open in this process, read together and shown to each viewer as it changes."""
