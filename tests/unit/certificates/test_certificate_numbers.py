"""Certificate numbers: what can be typed, and which slips are found."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lms.certificates.numbers import (
    ALPHABET,
    RANDOM_BITS,
    fault_in,
    is_valid,
    new_number,
    normalize,
)

EXAMPLE = "RND-7K3M-Q9TZ-4WX0"

numbers = st.integers(0, 2**RANDOM_BITS - 1).map(lambda value: new_number(lambda _bits: value))
# Where the twelve characters that mean something stand in the written number.
places = st.sampled_from([index for index, sign in enumerate("____0000_0000_0000") if sign == "0"])


def test_the_alphabet_has_no_look_alikes() -> None:
    assert len(set(ALPHABET)) == 32
    assert set("ILOU").isdisjoint(ALPHABET)


def test_a_new_number_uses_the_bits_that_it_asked_for() -> None:
    asked: list[int] = []

    def randbits(count: int) -> int:
        asked.append(count)
        return 0

    assert new_number(randbits) == "RND-0000-0000-0000"
    assert asked == [55]


@given(st.integers(0, 2**RANDOM_BITS - 1), st.integers(0, 2**RANDOM_BITS - 1))
def test_different_bits_make_different_numbers(one: int, other: int) -> None:
    assume(one != other)
    assert new_number(lambda _bits: one) != new_number(lambda _bits: other)


@given(numbers)
def test_a_new_number_is_valid_and_already_normal(number: str) -> None:
    assert is_valid(number)
    assert fault_in(number) is None
    assert normalize(number) == number


@given(numbers, places, st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_found(number: str, place: int, character: str) -> None:
    assume(number[place] != character)
    wrong = number[:place] + character + number[place + 1 :]
    assert not is_valid(wrong)
    assert fault_in(wrong) is not None


@given(numbers, places, places)
def test_any_swap_is_found_of_neighbours_and_of_others(number: str, one: int, other: int) -> None:
    assume(number[one] != number[other])
    characters = list(number)
    characters[one], characters[other] = characters[other], characters[one]
    assert not is_valid("".join(characters))


@given(
    numbers,
    st.sampled_from(["", " ", "-", "\N{EN DASH}", " \N{NON-BREAKING HYPHEN} ", "\u200b", "."]),
    st.sampled_from(["1", "I", "L", "i", "l"]),
    st.sampled_from(["0", "O", "o"]),
    st.data(),
)
def test_every_usual_spelling_is_read(
    number: str, dash: str, one: str, zero: str, data: st.DataObject
) -> None:
    prefix, body = number[:4], number[4:]
    body = body.replace("1", one).replace("0", zero)
    typed = data.draw(st.sampled_from([prefix + body, body])).replace("-", dash)
    typed = data.draw(st.sampled_from([typed, typed.lower(), typed.upper()]))
    assert normalize(f" {typed}\n") == number


@given(st.text())
def test_any_text_is_either_a_number_or_has_a_fault(text: str) -> None:
    normal = normalize(text)
    assert normalize(normal) == normal
    assert is_valid(normal) == (fault_in(text) is None)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "Type the number that is printed on the certificate."),
        (" - ", "Type the number that is printed on the certificate."),
        ("RND-", "Type the number that is printed on the certificate."),
        ("RND-7K3M-Q9TZ-4WX", "has 12 characters after RND; this one has 11."),
        ("RND-7K3M-Q9TZ-4WX00", "has 12 characters after RND; this one has 13."),
        ("RND-7K3M-Q9TZ-4UX0", "never contains “U”."),
        ("RND-7K3M-Q9TZ-4é00", "never contains “É”."),
        ("RND-7K3M-Q9TZ-4\x0000", "has only letters and digits."),
        ("RND-7K3M-Q9TZ-4XW0", "One character is wrong or two are swapped"),
        ("RND-7K3M-Q9TZ-4WX1", "One character is wrong or two are swapped"),
    ],
)
def test_a_fault_says_what_is_wrong(typed: str, fault: str) -> None:
    said = fault_in(typed)
    assert said is not None
    assert fault in said


@pytest.mark.parametrize("spelling", [EXAMPLE.lower(), EXAMPLE.replace("-", ""), f" {EXAMPLE}"])
def test_only_the_printed_spelling_is_valid_as_it_stands(spelling: str) -> None:
    assert is_valid(EXAMPLE)
    assert not is_valid(spelling)
    assert normalize(spelling) == EXAMPLE
