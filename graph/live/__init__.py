"""Live: one execution per distinct subscription and event, shared by all who watch it."""
