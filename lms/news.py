"""Which room hears the news of which: the one place where they are joined.

The site and the `lms` command both join them before they do anything: a roster that a worker applies
must reach the assignments as one that a page changes does.
"""

from lms.assignments import news
from lms.certificates.service import issue_for_completion
from lms.courses.signals import course_completed
from lms.organizations.signals import roster_changed


def join_rooms() -> None:
    """Let the rooms hear each other from now on; asked again, it changes nothing."""
    # A completed course earns its certificate, in the same transaction.
    course_completed.connect(issue_for_completion)
    # So does what the learner's employer asks for, and whoever comes or goes owes it or not any more.
    course_completed.connect(news.on_course_completed)
    roster_changed.connect(news.on_roster_changed)
