"""Quizzes and responses that nobody would write, made from a number: the same number, the same input."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lms.quizzes.format import parse_quiz
from lms.quizzes.grading import Response
from tests.contract_quiz import TEXT as CONTRACT_QUIZ
from tests.laws.test_fuzz import SPARKS, mutated
from tests.laws.test_quiz_laws import SAMPLE, key_of

HEAD = "---\ntitle: T\n---\n\n# T\n\n"
LONGEST_ANSWER = 500

# The quizzes as sections that can stand in any order; the first of each is its head.
_SAMPLES = [text.split("\n## ") for text in (SAMPLE, CONTRACT_QUIZ)]
_SECTIONS = [f"\n## {section}" for sections in _SAMPLES for section in sections[1:]]
_LINES = [line for section in _SECTIONS for line in section.split("\n")]
_PIECES = [
    *SPARKS,
    *(line + "\n" for line in _LINES),
    "**Match:**\n\n", "**Order:**\n\n", "**Attest:** ", "**Reflect:**\n", "**Not chosen:** ",
    "`ungraded`", "`select: many`", "`scoring: net`", "`match: wildcard`", "`match: exact`",
    "`[[(x) a | ( ) b]]`", "`[[1 \\| 2]]`", "| a | b |\n|---|---|\n", "`/a+/i`", "1,000", "\u00a0",
    "/", "(?i)", "[", "]", "\\u{1}", "9" * 400, "-" * 60, "> " * 40, "- " * 40, "[" * 60, "*" * 60,
]  # fmt: skip
_OPENINGS = (
    "> ",
    "- ",
    "*",
    "_",
    "[",
    "![",
    "(",
    "`",
    "- [ ] ",
    "~~",
    ": ",
    "[^",
    "|",
    "/",
    "<",
    "&",
)

_ATOMS = (
    "a", "b", "ab", ".", "[ab]", "[^b]", r"\w", r"\d", r"\s", r"\S", r"\b", "é", "ß", "[a-z]", r"[\w\s]",
    "[😀-😎a]", "[İıa]", " ", "-", "(a)", "(?:ab)", "(a|b)", "(?:a|ab)", "(?i:a)", r"\x41",
)  # fmt: skip
_ODD_ATOMS = (
    "(?P<x>a)", "(?=a)", r"\1", "(?>a)", "[", ")", "\\", "(?", "a{", r"\N{BULLET}", "(?#x)", "^", "$", r"\W",
    "(?x)", "(?s-i:.)", "[[a]", "[a||b]", "(?(1)a|b)", r"\Z", "’", "[]a]",
)  # fmt: skip
_QUANTIFIERS = ("", "", "", "*", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,9}", "{0,30}", "{499}")
_JSON_PIECES = (
    "{", "}", "[", "]", ",", ":", '"', "\\", "null", "true", "1", "-1", "1e999", "1e-999", "NaN", "9" * 50,
    "9" * 5000, "[" * 3000, '{"a":' * 3000, '"\\ud800"', '"\\u0000"', "\ufeff", " ", "é", "1.0", '"one"',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """A quiz file and, where it is to be graded, the bytes of a file of responses."""

    quiz: str
    responses: bytes = b"{}"


def make_input(seed: int, number: int) -> Input:
    """The `number`-th input of a run; `seed` tells one run from another."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311 - It makes faults, not secrets.
    return _MAKERS[number % len(_MAKERS)](chance)


# Files for the parser


def _noise(chance: random.Random) -> Input:
    """Characters from anywhere in Unicode; those that no UTF-8 file can hold are left out."""
    planes = ((0, 0x7F), (0, 0x2FF), (0x300, 0x2FFF), (0xE000, 0x10FFFF))
    body = "".join(
        chr(chance.randint(*chance.choice(planes))) for _ in range(chance.randint(0, 300))
    )
    return Input(chance.choice(("", "---\n", HEAD, f"{HEAD}## Q\n\n")) + body)


def _mixture(chance: random.Random) -> Input:
    """The format's own pieces in any order."""
    pieces = chance.choices(_PIECES, k=chance.randint(1, 40))
    return Input(f"{HEAD}## Q\n\n" + chance.choice(("", "\n")).join(pieces))


def _mutation(chance: random.Random) -> Input:
    """A few good questions, then cuts, copies, swaps and insertions anywhere in the file."""
    return Input(mutated(_quiz_text(chance), chance))


def _shuffled(chance: random.Random) -> Input:
    """Good lines, each of which stands somewhere else."""
    lines = _quiz_text(chance).split("\n")
    chance.shuffle(lines)
    return Input(HEAD + "\n".join(lines))


def _nested(chance: random.Random) -> Input:
    """One thing inside itself, up to thousands of times."""
    depth = chance.choice((3, 30, 300, 300, 3000))
    opening, between, closing = (
        chance.choice((*_OPENINGS, "", "](x)", "]", "\n")) for _ in range(3)
    )
    body = f"{opening * depth}{between}a{closing * depth}"
    label = chance.choice(("", "**Answer:** ", "- [x] ", "**Match:**\n\n| a | b |\n|-|-|\n"))
    return Input(f"{HEAD}## Q\n\n{label}{body}\n")


def _quiz_text(chance: random.Random) -> str:
    head = chance.choice([HEAD, *(sections[0] for sections in _SAMPLES)])
    return head + "".join(chance.choices(_SECTIONS, k=chance.randint(1, 3)))


# Files of responses for the grader


def _keys(section: str) -> dict[str, Response]:
    """The right response to each question of a section, by id."""
    parsed = parse_quiz(HEAD + section, "quiz.md", images=["a.png"])
    assert parsed.quiz is not None, parsed.problems
    return {question.id: key_of(question) for question in parsed.quiz.questions}


_KEYS = {section: _keys(section) for section in _SECTIONS}


def _responses(chance: random.Random) -> Input:
    """Good questions with responses: right, wrong, of a wrong shape, and not JSON at all."""
    sections = chance.sample(_SECTIONS, chance.randint(1, 4))
    wildness = chance.choice((0.0, 0.0, 0.02, 0.3))
    body: dict[str, object] = {}
    for keys in (_KEYS[section] for section in sections):
        for identity, right in keys.items():
            if chance.random() < 0.8:
                wild = chance.random() < wildness
                body[identity] = _value(chance, 0) if wild else _near(right, chance)
    if chance.random() < wildness:
        body[chance.choice(("", "no-such", "ono", "x" * 5000, "\ud800"))] = 1
    text = json.dumps(body)
    while chance.random() < wildness:
        place = chance.randint(0, len(text))
        text = text[:place] + chance.choice(_JSON_PIECES) + text[place + chance.choice((0, 1, 9)) :]
    data = text.encode()
    if chance.random() < wildness / 5:
        data += bytes([chance.randint(128, 255)])
    return Input(HEAD + "".join(sections), data)


def _near(right: Any, chance: random.Random) -> object:
    """A response of the shape of the right one, or that one itself."""
    if chance.random() < 0.3:
        return right
    if isinstance(right, str):
        return chance.choice((_typed(chance), right.upper(), right[:-1], f" {right}\n"))
    if isinstance(right, int):
        return chance.randint(1, 2)
    if isinstance(right, dict):
        values = chance.sample(list(right.values()), len(right))
        return dict(zip(right, values, strict=True)) if "accepted" not in right else right
    if all(isinstance(item, str) for item in right):
        return [_near(item, chance) for item in right]
    return chance.sample(right, len(right))


def _value(chance: random.Random, depth: int) -> object:
    """A response, of whatever shape."""
    kind = chance.randint(0, 9 if depth < 3 else 5)
    if kind <= 1:
        return chance.randint(-1, 6)
    if kind <= 3:
        return chance.choice(
            ("a", "b", "one", "1 | 2", "80", "1,5 days", "", " ", "x" * 501, _typed(chance))
        )
    if kind == 4:
        return chance.sample(range(6), chance.randint(0, 4))
    if kind == 5:
        return chance.choice((None, True, 1.5, 10**300, {"accepted": True, "name": "Ada"}, [], {}))
    if kind <= 7:
        return [_value(chance, depth + 1) for _ in range(chance.randint(0, 4))]
    keys = ("a", "b", "accepted", "name", "left", "")
    return {chance.choice(keys): _value(chance, depth + 1) for _ in range(chance.randint(0, 4))}


# Keys that are regular expressions or numbers, and what is typed against them


def _patterns(chance: random.Random) -> Input:
    """Regular expressions, with long answers that nearly match them."""
    keys = [
        f"`/{_pattern(chance)}/{chance.choice(('', 'i'))}`"
        for _ in range(chance.choice((1, 1, 1, 2, 9)))
    ]
    return _typed_question(" or ".join(keys), _typed(chance))


def _pattern(chance: random.Random) -> str:
    """Mostly one that may stand in a key; what makes the others refused is tried as well."""
    parts = []
    oddness = chance.choice((0.0, 0.0, 0.0, 0.1))
    for _ in range(chance.randint(1, 5)):
        atom = chance.choice(_ODD_ATOMS if chance.random() < oddness else _ATOMS)
        if chance.random() < 0.2:
            inside = chance.choice(("", "|")).join(chance.choices(_ATOMS, k=2))
            inner = chance.choice(_QUANTIFIERS) if chance.random() < oddness else ""
            atom = f"({chance.choice(('', '?:'))}{inside}{inner})"
        parts.append(atom + chance.choice(_QUANTIFIERS))
    return "".join(parts)


def _wildcards(chance: random.Random) -> Input:
    """Wildcards, with long answers that nearly match them."""
    pattern = "".join(chance.choices(("*", "?", "a", "b", "ab", "é"), k=chance.randint(1, 200)))
    return _typed_question(f"`{pattern}`", _typed(chance), "`match: wildcard`")


def _measures(chance: random.Random) -> Input:
    """Numbers with tolerances, ranges and units, and what a learner might type."""
    digits = "".join(chance.choices("0123456789", k=chance.choice((1, 2, 3, 30, 480))))
    middle = chance.choice(
        ("", "", ".", "..", ",", " ± ", " +- ", "±0.", "e", "-", "%", " mg", "\u2212")
    )
    end = chance.choice(("", "1", "5%", "9" * 300, " days", " %", "0", "-1", "..", "٣"))
    key = chance.choice(("", "-", "+")) + digits + middle + end
    typed = chance.choice((key, digits, digits + " mg", digits.replace("0", ","), _typed(chance)))
    return _typed_question(chance.choice((key, f"`[[{key}]]`")), typed)


def _typed_question(key: str, typed: str, settings: str = "") -> Input:
    gap = key.startswith("`[[")
    body = key if gap else f"**Answer:** {key}"
    quiz = f"{HEAD}## Q\n`id: q` {settings}\n\n{body}\n"
    return Input(quiz, json.dumps({"q": [typed] if gap else typed}).encode())


def _typed(chance: random.Random) -> str:
    """Up to the longest answer there may be, of few different characters, with an end that fits badly."""
    unit = chance.choice(
        ("a", "b", "ab", "aab", "a ", "é", "e\u0301", "A", "ß", "ı", "1", "😀", "-", "’")
    )
    length = chance.choice((1, 5, 50, LONGEST_ANSWER))
    end = chance.choice(("", "!", "b", "x", "\n", "\u0301"))
    return (unit * length)[: LONGEST_ANSWER - len(end)] + end


# How often each is made: in turn. What costs the least time is made as often as what finds the most.
_MAKERS: Sequence[Callable[[random.Random], Input]] = (
    *[_mutation] * 4,
    *[_mixture] * 4,
    *[_shuffled] * 2,
    *[_noise] * 2,
    *[_responses] * 6,
    *[_patterns] * 5,
    _wildcards,
    _measures,
    *[_measures, _patterns, _responses, _mixture],
    _nested,
)
