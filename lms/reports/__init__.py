"""What the record tells when it is looked at as a whole; nothing here changes it."""
