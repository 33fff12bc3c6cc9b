"""What is open shows what is so, whatever was killed meanwhile."""
