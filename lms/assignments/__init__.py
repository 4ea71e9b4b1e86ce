"""Who must finish which course by when: assignments, the obligations they make, renewal, reminders."""
