"""What happens after a commit or outside a request: bus, relay, rollover, worker, importing."""
