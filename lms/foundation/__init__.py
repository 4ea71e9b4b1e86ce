"""What every room stands on: database, settings, clock, markdown, problems, mail."""
