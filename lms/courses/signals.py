"""News that travels upward, in the same thread and transaction; `app` decides who listens."""

from blinker import Namespace

_signals = Namespace()

# Sent with: session, completion (CourseCompletion), course (Course), user_id, learner_name,
# module_revisions ({slug: number}), now.
course_completed = _signals.signal("course-completed")
