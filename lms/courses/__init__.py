"""Modules, lessons and courses: what is published, who is enrolled, who finished what."""
