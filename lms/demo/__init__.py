"""Demo people, and an employer with a history to look at."""
