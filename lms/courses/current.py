"""What a request works on: the catalogue in force, and the signed-in person's course in it."""

from dataclasses import dataclass

from flask import Flask, abort, current_app

from lms.accounts import access
from lms.foundation import web

from . import service
from .catalogue import Catalogue, Course, Module
from .progress import ModuleProgress
from .publications import CatalogueShelf
from .service import EnrolmentRow

CATALOGUE_FACT = "catalogue_number"


@dataclass(frozen=True, slots=True)
class Place:
    """A module of a course that the signed-in person is enrolled in, and their part of it."""

    course: Course
    module: Module
    enrolment: EnrolmentRow
    part: ModuleProgress


def install(app: Flask) -> None:
    """Give `app` the shelf on which its process keeps the catalogue."""
    app.extensions["rounds_catalogue"] = CatalogueShelf()


def catalogue() -> Catalogue:
    """The catalogue in force; its number was read together with the signed-in person."""
    shelf: CatalogueShelf = current_app.extensions["rounds_catalogue"]
    return shelf.get(web.session(), access.person().facts[CATALOGUE_FACT])


def course_or_404(slug: str) -> Course:
    """The published course with that slug."""
    course = catalogue().courses.get(slug)
    if course is None:
        abort(404, "There is no course at this address.")
    return course


def place_or_404(course_slug: str, module_slug: str) -> Place:
    """The module, in a course that the signed-in person is enrolled in."""
    course = course_or_404(course_slug)
    module = course.module(module_slug)
    record = service.record_of(web.session(), access.person().id)
    enrolment = record.enrolment_in(course)
    if module is None or enrolment is None:
        abort(404, "This page opens once you have started the course it belongs to.")
    part = record.progress_in(course, enrolment).part_of(module)
    return Place(course, module, enrolment, part)
