"""The pages, and who gets them."""
