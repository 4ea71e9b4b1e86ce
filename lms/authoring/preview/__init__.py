"""A local preview of content while it is written: from files alone, without a database or accounts."""
