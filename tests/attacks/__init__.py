"""Attacks on a server that runs as people run it: whatever is sent, it answers, forgets, and goes on."""
