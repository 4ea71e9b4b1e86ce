"""What the figures mean to an author, in plain sentences."""

from .figures import ItemStatistics, QuizStatistics

ENOUGH = 10
"""Attempts below which figures are chance, and are not shown."""

WORST_ALPHA = 0.64
"""Moodle: below it the quiz as a whole is unsatisfactory."""


def quiz_concerns(quiz: QuizStatistics) -> tuple[str, ...]:
    """What an author should look at in the quiz as a whole; nothing below `ENOUGH` attempts."""
    if quiz.attempts < ENOUGH or quiz.alpha is None or quiz.alpha >= WORST_ALPHA:
        return ()
    return (
        "The questions hardly agree on who is strong: a score here may be chance."
        f" (Alpha is {quiz.alpha:.2f}; {WORST_ALPHA} is the least.)",
    )


def item_concerns(item: ItemStatistics) -> tuple[str, ...]:
    """What an author should look at in a question, a plain sentence each; nothing below `ENOUGH`."""
    if item.attempts < ENOUGH:
        return ()
    found = [sentence for sentence in (_difficulty(item), _separation(item)) if sentence]
    return (*found, *_option_concerns(item))


def _difficulty(item: ItemStatistics) -> str:
    """Moodle calls 95 and more extremely easy, and 20 and less at least difficult."""
    if item.facility is None:
        return ""
    if item.facility >= 95:
        return "Nearly everyone gets all the points: it tells little about anyone."
    if item.facility <= 20:
        return "Nearly everyone misses this one: check its key and its wording."
    return ""


def _separation(item: ItemStatistics) -> str:
    """Moodle calls a discrimination below 20 very weak, and a negative one probably invalid."""
    if item.discrimination is None or item.discrimination >= 20:
        return ""
    if item.discrimination < 0:
        return "Strong learners miss this one more than weak ones: check its key."
    return "Strong and weak learners do nearly alike: it tells little of what they know."


def _option_concerns(item: ItemStatistics) -> list[str]:
    found: list[str] = []
    for option in item.options:
        name = f"option {letter(option.number)}"
        tells = option.point_biserial
        if not option.count:
            right = ", which is right" if option.is_right else ""
            found.append(f"Nobody chose {name}{right}.")
        elif not option.is_right and tells is not None and tells > 0:
            found.append(f"Strong learners choose {name} more than weak ones: is it wrong?")
    return found


def letter(number: int) -> str:
    """The letter of an option in the order of the file: A for 1, Z for 26, then AA, AB, as in a sheet."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
