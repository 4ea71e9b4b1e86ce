"""Certificate numbers such as `RND-7K3M-Q9TZ-4WX0`: made to be read aloud and typed again (pure).

The characters are those of Douglas Crockford's base 32 (https://www.crockford.com/base32.html): no I,
L, O or U, so that no two of them look alike. The prefix is fixed and says nothing; eleven characters are
random (55 bits: numbers cannot be guessed from one another), and the twelfth is a check character.

The check character follows the Damm scheme (H. M. Damm, "Total anti-symmetrische Quasigruppen",
University of Marburg, 2004) over the field of 32 elements with the operation 2 · (a + b), where
addition is XOR and the field's polynomial is x⁵ + x² + 1. It finds every single wrong character and
every swap of two characters. Crockford's own check symbol works modulo 37, which would need five
signs that are not letters or digits.
"""

import re
import unicodedata
from collections.abc import Callable

PREFIX = "RND"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 3
GROUP_LENGTH = 4
BODY_LENGTH = GROUPS * GROUP_LENGTH

RANDOM_BITS = 5 * (BODY_LENGTH - 1)
FIELD_POLYNOMIAL = 0b100101

LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
# Blanks, invisible characters and every dash that a phone or a word processor may put for a hyphen.
SEPARATORS = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff_./\-]+")


def new_number(randbits: Callable[[int], int]) -> str:
    """A new number from `randbits(55)`, which must be unpredictable: `secrets.randbits` in service."""
    value = randbits(RANDOM_BITS)
    body = "".join(ALPHABET[value >> shift & 31] for shift in range(RANDOM_BITS - 5, -1, -5))
    return _written(body + ALPHABET[_interim(body)])


def normalize(text: str) -> str:
    """`text` as the number is printed, where it can be read as one; else `text` as it is.

    Understands lower case, blanks, missing or other dashes, a missing prefix, and the look-alikes:
    O is read as 0, I and L as 1. Whether the number is possible, `is_valid` says.
    """
    body = _body(text)
    return _written(body) if len(body) == BODY_LENGTH and set(body) <= set(ALPHABET) else text


def is_valid(number: str) -> bool:
    """Whether `number`, spelt exactly as it is printed, has a check character that fits."""
    return fault_in(number) is None and normalize(number) == number


def fault_in(text: str) -> str | None:
    """A sentence that says why `text` cannot be a number, however it is spelt; None if it can be."""
    body = _body(text)
    if not body:
        return "Type the number that is printed on the certificate."
    strange = next((character for character in body if character not in ALPHABET), None)
    if strange is not None and strange.isprintable():
        return f"A certificate number never contains “{strange}”."
    if strange is not None:
        return "A certificate number has only letters and digits."
    if len(body) != BODY_LENGTH:
        return (
            f"A certificate number has {BODY_LENGTH} characters after {PREFIX}; "
            f"this one has {len(body)}."
        )
    if _interim(body) != 0:
        return "One character is wrong or two are swapped: compare it with the certificate."
    return None


def _body(text: str) -> str:
    """The characters of `text` that are neither separators nor the prefix, look-alikes replaced."""
    characters = SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    # A number without its prefix may itself begin with the prefix's letters.
    if len(characters) != BODY_LENGTH:
        characters = characters.removeprefix(PREFIX)
    return characters.translate(LOOK_ALIKES)


def _written(body: str) -> str:
    groups = [body[start : start + GROUP_LENGTH] for start in range(0, BODY_LENGTH, GROUP_LENGTH)]
    return "-".join((PREFIX, *groups))


def _interim(characters: str) -> int:
    """What the Damm scheme is left with after `characters`: the check character's value, or 0 after it."""
    interim = 0
    for character in characters:
        interim = (interim ^ ALPHABET.index(character)) << 1
        if interim > 31:
            interim ^= FIELD_POLYNOMIAL
    return interim
