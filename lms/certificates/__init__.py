"""Certificates: issued once, shown, printed, verified."""
