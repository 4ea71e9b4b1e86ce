"""The application: puts the rooms together."""

import gc
import os

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.accounts import access, siteheader
from lms.accounts import routes as accounts
from lms.assignments import file_routes as assignments
from lms.assignments import obligation_routes as obligations
from lms.assignments import reminder_routes as reminders
from lms.assignments import rule_routes as rules
from lms.authoring import regrade_routes as regrades
from lms.authoring import routes as authoring
from lms.certificates import routes as certificates
from lms.courses import current, moduleparts, publications
from lms.courses import routes as courses
from lms.foundation import addresses, assets, errorpages, filters, formtokens, headers, web
from lms.foundation.application import Application
from lms.foundation.clock import Clock, system_clock
from lms.foundation.database import Database
from lms.foundation.mail import Mailer, make_mailer
from lms.foundation.settings import Settings, load_settings
from lms.foundation.worker import keep_working
from lms.news import join_rooms
from lms.organizations import file_routes as organizations
from lms.organizations import number_routes as numbers
from lms.organizations import request_conditions, scopes
from lms.organizations import request_routes as requests
from lms.organizations import roster_routes as rosters
from lms.organizations import service as organization_service
from lms.organizations import slip_routes as slips
from lms.organizations import team_routes as teams
from lms.quizzes import routes as quizzes
from lms.quizzes.closing import Closer, keep_closing
from lms.reports import audit_routes as audit_trail
from lms.reports import compliance_routes as compliance
from lms.reports import evidence_routes as evidence
from lms.reports import figurerows, signing
from lms.reports import learner_files as accommodations
from lms.reports import routes as reports
from lms.retention import account_routes as retention
from lms.work import make_worker

join_rooms()

ASSETS = {
    "theme_css": "css/theme.css",
    "learning_css": "css/learning.css",
    "certificates_css": "css/certificates.css",
    "reports_css": "css/reports.css",
    "organizations_css": "css/organizations.css",
    "compliance_css": "css/compliance.css",
    "proof_css": "css/proof.css",
    "assignments_css": "css/assignments.css",
    "attempt_js": "js/attempt.js",
    "offline_js": "js/offline.js",
    "ordering_js": "js/ordering.js",
    "timelimit_js": "js/timelimit.js",
}
MAX_REQUEST_BYTES = 1024 * 1024


def create_app(
    settings: Settings,
    *,
    database: Database | None = None,
    clock: Clock = system_clock,
    mailer: Mailer | None = None,
) -> Flask:
    """An application for `settings`; what is not given is made from them.

    Raises LookupError when a view declares no access rule, and SettingsError when the key that signs
    evidence packets cannot be used.
    """
    app = Application("lms", instance_path=str(settings.instance_path.resolve()))
    app.config.update(
        SECRET_KEY=settings.cookie_key(),
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        SESSION_COOKIE_NAME="rounds",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.uses_https,
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=86400,
        # The session's cookie bounds the token; a lesson may stay open for a whole shift.
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
    web.install(
        app,
        web.Services(
            settings=settings,
            database=database or Database(settings.database),
            clock=clock,
            mailer=mailer or make_mailer(settings),
        ),
    )
    Bootstrap5(app)
    CSRFProtect(app)
    formtokens.install(app)
    addresses.install(app)
    headers.install(app)
    filters.install(app)
    errorpages.install(app)
    access.install(
        app,
        person_columns={
            current.CATALOGUE_FACT: publications.catalogue_number(),
            "is_manager": organization_service.is_manager_column(),
            "is_team_manager": scopes.is_team_manager_column(),
            "is_asked": request_conditions.is_asked(),
        },
    )
    siteheader.install(app)
    current.install(app)
    moduleparts.install(app)
    quizzes.install(app)
    reports.install(app)
    figurerows.install(app)
    assigning = (assignments, rules, obligations, reminders)
    employers = (organizations, requests, teams, rosters, slips, numbers, *assigning)
    rooms = (accounts, *employers, courses, quizzes, accommodations, certificates)
    proving = (reports, compliance, audit_trail, evidence, retention)
    for room in (*rooms, authoring, regrades, *proving):
        app.register_blueprint(room.blueprint)
    for endpoint in app.view_functions:
        access.rule_of(app, endpoint)
    assets.install(app, ASSETS)
    # A key that cannot be used is told at the start, and not when a surveyor waits for a packet.
    if settings.signing_key is not None:
        signing.signer_of(settings)
    return app


def from_environment() -> Flask:
    """The application that a server's process runs: everything comes from the environment."""
    app = create_app(load_settings(os.environ))
    closer = Closer(
        app.extensions["rounds"].database,
        app.extensions["rounds_quizzes"],
        app.extensions["rounds_catalogue"],
    )
    keep_closing(closer, system_clock)
    services: web.Services = app.extensions["rounds"]
    worker = make_worker(services.settings, services.database, services.clock, services.mailer)
    keep_working(worker)
    settle()
    return app


def settle() -> None:
    """Tell the garbage collector that what is loaded by now stays for good.

    It need not look through that at every turn, and a page's own garbage is gone with its references
    long before a collection.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
