"""A CSV file as rows of cells."""

import csv
import io

from flask.testing import FlaskClient


def csv_rows(client: FlaskClient, address: str) -> list[list[str]]:
    """The rows of the file at an address, its headings first."""
    answer = client.get(address, buffered=True)
    assert answer.status_code == 200, address
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
