"""Employers and who belongs to them."""
