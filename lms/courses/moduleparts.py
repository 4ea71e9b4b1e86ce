"""A module on its course's page, written once for each state that it can be in.

A course has dozens of steps, and writing them takes longer than all else that its page needs. Most
learners are in one of a few states of a module: nothing done, the first so many lessons, everything.
"""

from collections import OrderedDict

from flask import Flask
from markupsafe import Markup

from lms.foundation import web

from .progress import CourseProgress, ModuleProgress

KEPT = 4_000


def install(app: Flask) -> None:
    """Give the templates of `app` the filter `modules_on_course_page`.

    It writes the modules of a progress; `is_enrolled` is whether their steps can be done.
    """
    written: OrderedDict[tuple[object, ...], Markup] = OrderedDict()

    @app.template_filter()
    def modules_on_course_page(progress: CourseProgress, is_enrolled: bool) -> Markup:
        root = web.this_request().root_path
        parts = [on_page(root, progress, part, is_enrolled) for part in progress.modules]
        return Markup("\n".join(parts))  # noqa: S704 - So are the parts.

    def on_page(
        root: str, progress: CourseProgress, part: ModuleProgress, is_enrolled: bool
    ) -> Markup:
        # A revision never changes, and the states of the steps tell all the rest.
        key = (root, progress.course.slug, part.module.revision_id, is_enrolled, part.states)
        html = written.get(key)
        if html is None:
            template = app.jinja_env.get_template("courses/_module.html")
            html = Markup(  # noqa: S704 - The template has escaped what it holds.
                template.render(course=progress.course, part=part, is_enrolled=is_enrolled)
            )
            written[key] = html
            if len(written) > KEPT:
                written.popitem(last=False)
        return html
