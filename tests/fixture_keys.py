"""What the quizzes of `tests/fixtures/quizzes` ask for, as somebody who reads them would say it."""

from decimal import Decimal
from fractions import Fraction


def plain(text: str, *, correct: bool = False) -> tuple[object, ...]:
    """An option without weight and feedback."""
    return text, correct, None, "", ""


def number(low: str, high: str, value: str | None, unit: str = "") -> tuple[object, ...]:
    return Decimal(low), Decimal(high), None if value is None else Decimal(value), unit


def answer(pattern: str, weight: str = "1", feedback: str = "") -> tuple[object, ...]:
    return pattern, "text", False, Fraction(weight), feedback


# The id, type, points and key of every question of the four quizzes that no other test reads.
KEYS: dict[str, list[tuple[str, str, str, object]]] = {
    "care-transitions": [
        (
            "first-call",
            "multiple",
            "5/2",
            (
                "net",
                True,
                [
                    (
                        "Ask which medicines she takes now",
                        True,
                        Fraction(3, 5),
                        "<p>Yes: lists differ after every stay.</p>",
                        "<p>The list is where most errors begin.</p>",
                    ),
                    ("Ask how she will get to her visit", True, Fraction(2, 5), "", ""),
                    (
                        "Ask for her insurance card",
                        False,
                        Fraction(-1, 4),
                        "",
                        "<p>Right, billing can wait.</p>",
                    ),
                    plain("Tell her that all will be well"),
                ],
            ),
        ),
        (
            "summary-complete",
            "true-false",
            "1",
            ("all", False, [plain("True"), plain("False", correct=True)]),
        ),
        (
            "summary-to",
            "single",
            "1",
            (
                "all",
                False,
                [
                    plain("To the primary care practice", correct=True),
                    plain("To the home health agency", correct=True),
                    plain("To the employer"),
                ],
            ),
        ),
        (
            "summary-holds",
            "multiple",
            "1",
            (
                "each",
                True,
                [plain("The reason for the stay", correct=True), plain("The name of the roommate")],
            ),
        ),
        ("contact-days", "number", "1", number("2", "2", "2", "business days")),
        ("teach-minutes", "number", "1", number("5", "11", "8", "minutes")),
        ("reach-share", "number", "1", number("85", "95", "90", "%")),
        ("visit-day", "number", "1", number("7", "14", None, "days")),
        ("weight-gain", "number", "1", number("-0.5", "1.5", None, "kg")),
        ("glucose", "number", "1", number("85", "115", "100", "mg/dL")),
    ],
    "medication-safety": [
        (
            "reconcile-word",
            "text",
            "1",
            (
                "loose",
                [
                    answer("medication reconciliation"),
                    answer("med reconciliation"),
                    answer("medicines `reconciliation`"),
                    answer("reconciliation", "1/2", "<p>What is reconciled?</p>"),
                    answer(
                        "medication review",
                        "0",
                        "<p>A review asks whether a medicine is needed.</p>\n<p>It comes after.</p>",
                    ),
                    ("med(ication|icine)s? rec", "regex", True, Fraction(3, 4), ""),
                ],
            ),
        ),
        ("form-code", "text", "1", ("exact", [answer("MR-10")])),
        (
            "thinner",
            "text",
            "1",
            ("wildcard", [answer("warfarin*"), answer("apixaban"), answer("*heparin", "1/2")]),
        ),
        (
            "dose-label",
            "single",
            "1",
            (
                "all",
                True,
                [
                    plain("The left label"),
                    plain("The right one, the old one, 10 mg", correct=True),
                    plain("Neither of them: the dose is on the leaflet [[2]]"),
                ],
            ),
        ),
        (
            "error-kinds",
            "matching",
            "5/2",
            (
                [
                    ("A dose given twice", "Duplication"),
                    ("No dose on Sunday", "Omission"),
                    ("10 mg | 20 mg mixed up", "Wrong dose"),
                ],
                ["Duplication", "Omission", "Wrong dose", "Wrong patient", "Allergy"],
            ),
        ),
        (
            "report-order",
            "ordering",
            "4",
            (
                "each",
                ["See to the patient", "Tell the prescriber", "Write the report", "Learn from it"],
            ),
        ),
        (
            "policy-gaps",
            "cloze",
            "1",
            (
                False,
                [
                    (Decimal(1), Decimal(3), "hours"),
                    ("nurse", "RN"),
                    [("prescriber", True), ("patient", False), ("payer", False)],
                    (Decimal(5), Decimal(10), "mg"),
                    [("usual", True), ("rare", False)],
                    ("kidney disease", "renal disease"),
                    (Decimal(50), Decimal(50), "%"),
                ],
            ),
        ),
    ],
    "team-and-referrals": [
        ("your-role", "survey", "0", (False, False, ["Nurse", "Social worker", "Somebody else"])),
        (
            "what-helps",
            "survey",
            "0",
            (True, True, ["A list of open referrals", "A weekly huddle", "Luck Chance"]),
        ),
        ("open-loop", "reflection", "0", "<p>What would you do <em>differently</em>?</p>"),
        ("one-sentence", "reflection", "0", ""),
        (
            "attest-team",
            "attestation",
            "0",
            "<p>I will talk about cases</p>\n<ul>\n<li>in the huddle only, and</li>\n"
            "<li>without names.</li>\n</ul>",
        ),
        (
            "closed",
            "true-false",
            "1",
            (
                "all",
                False,
                [
                    plain("TRUE"),
                    (
                        "FALSE",
                        True,
                        None,
                        "<p>Yes: it is closed when the result is back and the patient knows it.</p>",
                        "",
                    ),
                ],
            ),
        ),
        (
            "urgent",
            "multiple",
            "1",
            (
                "all",
                True,
                [
                    plain("New chest pain", correct=True),
                    plain("A syncope last night", correct=True),
                    plain("A full waiting list"),
                ],
            ),
        ),
        (
            "who-signs",
            "single",
            "1",
            (
                "all",
                True,
                [
                    (
                        "The sender",
                        False,
                        None,
                        "<p>Only as a courier.</p>\n<p>And a courier reads nothing.</p>",
                        "",
                    ),
                    plain("The clinician who ordered it", correct=True),
                    plain("Anybody at the desk"),
                ],
            ),
        ),
        ("chase-days", "number", "1", number("5", "5", "5")),
    ],
    "social-needs": [
        ("food", "single", "2", ("all", True, [plain("This one", correct=True), plain("None")])),
        (
            "lost-job",
            "single",
            "2",
            (
                "all",
                True,
                [
                    ("Only income", False, None, "<p>Often insurance, too.</p>", ""),
                    plain("Income, and often insurance [both]", correct=True),
                ],
            ),
        ),
        (
            "screen-steps",
            "ordering",
            "1",
            (
                "all",
                [
                    "Ask whether it is a good time",
                    "Ask the questions",
                    "Offer help",
                    "Agree on the next step",
                ],
            ),
        ),
        (
            "screen-numbers",
            "cloze",
            "3",
            (
                True,
                [
                    (Decimal(5), Decimal(5), ""),
                    (Decimal(9), Decimal(11), ""),
                    (Decimal(5), Decimal(10), "minutes"),
                ],
            ),
        ),
        (
            "words",
            "multiple",
            "1",
            (
                "net",
                False,
                [
                    plain('"food"', correct=True),
                    ('"nutritional insecurity"', False, Fraction(-1, 2), "", ""),
                    plain('"rent"', correct=True),
                ],
            ),
        ),
        (
            "partners",
            "matching",
            "1",
            (
                [
                    ("Food", "Food bank"),
                    ("Heating", "Utility fund"),
                    ("Transport", "Ride service"),
                    ("Rent", "Utility fund"),
                ],
                ["Food bank", "Utility fund", "Ride service"],
            ),
        ),
    ],
}
