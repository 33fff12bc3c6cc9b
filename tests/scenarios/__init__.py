"""The life of a practice told day by day, through the real API."""
