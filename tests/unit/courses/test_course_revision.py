"""What makes a revision: its digest, and the addresses of its pictures."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from lms.courses.revision import digest_of, picture_address

TEXTS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3)


def test_a_picture_has_the_address_of_its_bytes() -> None:
    resolve = picture_address({"../figures/a chart.svg": "d1", "b.png": "d2"})
    assert resolve("../figures/a chart.svg") == "/figures/d1/a chart.svg"
    assert resolve("b.png") == "/figures/d2/b.png"
    assert resolve("c.png") is None


def test_every_part_of_a_revision_is_in_its_digest() -> None:
    revisions = [
        ({}, {}),
        ({"a": ""}, {}),
        ({"a": "1"}, {}),
        ({"b": "1"}, {}),
        ({"a": "1", "b": "1"}, {}),
        # What moves from one file to the next is a change.
        ({"a": "1b", "b": ""}, {}),
        ({"a": "1"}, {"f": "d1"}),
        ({"a": "1"}, {"f": "d2"}),
        ({"a": "1"}, {"g": "d1"}),
    ]
    digests = [digest_of(texts, figures) for texts, figures in revisions]
    assert len(set(digests)) == len(revisions)
    assert all(len(digest) == 64 for digest in digests)


@given(TEXTS)
def test_the_order_of_the_files_is_not(texts: dict[str, str]) -> None:
    orders = itertools.permutations(texts.items())
    assert len({digest_of(dict(order), {}) for order in orders}) == 1
