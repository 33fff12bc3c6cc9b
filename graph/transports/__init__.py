"""How operations travel: over sockets, event streams and plain requests."""
