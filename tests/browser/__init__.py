"""The pages in a real browser, against a served demo practice."""
