"""Importing: brings the clients and appointments of CSV files onto record."""
