"""A module on its course's page, written once for each state that it can be in.

A course has dozens of steps. Most learners are in one of a few states of a module: nothing done, the
first so many lessons, everything.
"""

from flask import Flask
from markupsafe import Markup

from lms.foundation import web
from lms.foundation.written import Written

from .progress import CourseProgress


def install(app: Flask) -> None:
    """Give the templates of `app` the filter `modules_on_course_page`.

    It writes the modules of a progress; `is_enrolled` is whether their steps can be done.
    """
    written = Written(app, "courses/_module.html")

    @app.template_filter()
    def modules_on_course_page(progress: CourseProgress, is_enrolled: bool) -> Markup:
        root, course = web.this_request().root_path, progress.course
        parts = [
            written.part(
                # A revision never changes, and the states of the steps tell all the rest.
                (root, course.slug, part.module.revision_id, is_enrolled, part.states),
                course=course,
                part=part,
                is_enrolled=is_enrolled,
            )
            for part in progress.modules
        ]
        return Markup("\n".join(parts))  # noqa: S704 - So are the parts.
