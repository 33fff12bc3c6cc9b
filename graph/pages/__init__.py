"""The pages that browsers get: the front end of a practice, and the explorer of the API."""
