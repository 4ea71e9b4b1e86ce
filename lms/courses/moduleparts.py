"""A module on its course's page, written once for each state that it can be in.

A course has dozens of steps, and writing them takes longer than all else that its page needs. Most
learners are in one of a few states of a module: nothing done, the first so many lessons, everything.
"""

from collections import OrderedDict

from flask import Flask
from markupsafe import Markup

from lms.foundation import web

from .catalogue import Course
from .progress import ModuleProgress

KEPT = 4_000


def install(app: Flask) -> None:
    """Give the templates of `app` the filter `on_course_page`.

    It writes a module's progress; `is_enrolled` is whether its steps can be done.
    """
    written: OrderedDict[tuple[object, ...], Markup] = OrderedDict()

    @app.template_filter()
    def on_course_page(part: ModuleProgress, course: Course, is_enrolled: bool) -> Markup:
        # A revision never changes, and the states of the steps tell all the rest.
        states = tuple([(step.is_done, step.is_required, step.is_open) for step in part.steps])
        root = web.this_request().root_path
        key = (root, course.slug, part.module.revision_id, is_enrolled, states)
        html = written.get(key)
        if html is None:
            template = app.jinja_env.get_template("courses/_module.html")
            html = Markup(  # noqa: S704 - The template has escaped what it holds.
                template.render(course=course, part=part, is_enrolled=is_enrolled)
            )
            written[key] = html
            if len(written) > KEPT:
                written.popitem(last=False)
        return html
