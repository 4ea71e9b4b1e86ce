"""The pure modules: they import neither the web framework nor the database, and tests take every branch.

`test_walls.py` holds this list to what the modules really import, `coverage_gate.py` to what the tests ran.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A package stands for everything in it.
PURE_MODULES = (
    "lms.foundation.clock",
    "lms.foundation.frontmatter",
    "lms.foundation.listening",
    "lms.foundation.markdown",
    "lms.foundation.months",
    "lms.foundation.paging",
    "lms.foundation.problems",
    "lms.foundation.shipped",
    "lms.foundation.typesetting",
    "lms.foundation.tables",
    "lms.foundation.told",
    "lms.foundation.workbook",
    "lms.foundation.options",
    "lms.foundation.wording",
    "lms.accounts.destination",
    "lms.accounts.devices",
    "lms.accounts.errors",
    "lms.accounts.names",
    "lms.accounts.passwords",
    "lms.accounts.person",
    "lms.accounts.throttle",
    "lms.accounts.tokens",
    "lms.accounts.zones",
    "lms.organizations.errors",
    "lms.organizations.filters",
    "lms.organizations.placements",
    "lms.organizations.roster",
    "lms.organizations.roster_changes",
    "lms.organizations.roster_file",
    "lms.organizations.signals",
    "lms.organizations.slips",
    "lms.courses.catalogue",
    "lms.courses.due",
    "lms.courses.format",
    "lms.courses.progress",
    "lms.courses.revision",
    "lms.courses.signals",
    "lms.quizzes.carryover",
    "lms.quizzes.contract",
    "lms.quizzes.draw",
    "lms.quizzes.format",
    "lms.quizzes.grading",
    "lms.quizzes.lint",
    "lms.quizzes.model",
    "lms.quizzes.pages",
    "lms.quizzes.plaintext",
    "lms.quizzes.regrading",
    "lms.quizzes.statistics",
    "lms.quizzes.terminal",
    "lms.quizzes.terms",
    "lms.certificates.document",
    "lms.certificates.expiry",
    "lms.certificates.facts",
    "lms.certificates.numbers",
    "lms.assignments.audience",
    "lms.assignments.letters",
    "lms.assignments.month_ends",
    "lms.assignments.parts",
    "lms.assignments.planning",
    "lms.assignments.reminders",
    "lms.assignments.terms",
    "lms.assignments.vouching",
    "lms.demo.people",
    "lms.reports.archive",
    "lms.reports.audit_words",
    "lms.assignments.errors",
    "lms.assignments.tally",
    "lms.assignments.words",
    "lms.reports.charts",
    "lms.reports.evidence",
    "lms.reports.question_table",
    "lms.reports.record_table",
    "lms.reports.seal",
    "lms.reports.sheet",
    "lms.reports.standing",
    "lms.reports.tables",
    "lms.reports.transcript",
    "lms.reports.transcript_document",
    "lms.reports.tenure",
    "lms.retention.errors",
    "lms.retention.terms",
    "lms.authoring.alone",
    "lms.authoring.check",
    "lms.authoring.findings",
    "lms.authoring.folder",
    "lms.authoring.formatting",
    "lms.authoring.preview.desk",
    "lms.authoring.preview.hosts",
    "lms.authoring.preview.key",
    "lms.authoring.preview.look",
    "lms.authoring.preview.pages",
    "lms.authoring.preview.watch",
)


def pure_files() -> dict[str, Path]:
    """The file of each pure module, by the module's name.

    Raises FileNotFoundError for a name in the list that nothing in the product has.
    """
    files: dict[str, Path] = {}
    for name in PURE_MODULES:
        path = ROOT.joinpath(*name.split("."))
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
        for file in found:
            if not file.exists():
                raise FileNotFoundError(f"{name} is in the list of pure modules: there is none")
            files[module_name(file)] = file
    return files


def module_name(file: Path) -> str:
    """The name by which a file of the product is imported."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
