"""News that travels upward, in the same thread and transaction; `app` decides who listens."""

from blinker import Namespace

_signals = Namespace()

# The sender is the Course of the catalogue. Sent with: session, completion (CourseCompletion), user_id,
# learner_name, now.
course_completed = _signals.signal("course-completed")
