"""Rounds: a learning-management system for care teams."""

__version__ = "0.1.0"
