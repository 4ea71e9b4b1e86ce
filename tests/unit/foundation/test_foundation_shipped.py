"""Where what ships beside the modules is found."""

from lms.foundation.shipped import shipped


def test_content_and_templates_are_found_where_they_are() -> None:
    assert (shipped("content") / "courses").is_dir()
    assert (shipped("templates") / "_page.html").is_file()
