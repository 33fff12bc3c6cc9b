"""Limits: how much one request, one viewer and one address may ask for."""
