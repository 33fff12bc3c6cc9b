"""How the front end is built."""
