"""Quizzes: the format, grading, attempts and their results."""
