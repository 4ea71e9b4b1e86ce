"""Markdown: what it becomes, what the content security policy and screen readers ask of it."""

import pytest

from lms.foundation import markdown
from lms.foundation.problems import Problem, Severity


def check(text: str, *images: str, body_line: int = 1) -> list[Problem]:
    return markdown.check_references(markdown.parse(text), "a.md", body_line, images)


# Safety


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a <img src=x onerror=alert(1)> b", "a &lt;img src=x onerror=alert(1)&gt; b"),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ("[a](JaVaScRiPt&colon;alert(1))", "[a](JaVaScRiPt:alert(1))"),
        ("[a](vbscript:x)", "[a](vbscript:x)"),
        ("[a](file:///etc/passwd)", "[a](file:///etc/passwd)"),
        ("[a](data:text/html,x)", "[a](data:text/html,x)"),
    ],
)
def test_what_could_run_is_shown_as_text(text: str, shown: str) -> None:
    assert markdown.render(text) == f"<p>{shown}</p>\n"


# Tables


def test_a_table_scrolls_in_a_region_named_by_its_heading() -> None:
    html = markdown.render("| Drug | Dose |\n| --- | ---: |\n| A | 1 mg |\n")
    assert html.startswith(
        '<div class="table-scroll" tabindex="0" role="region" aria-label="Table: Drug">\n<table>\n'
    )
    assert html.endswith("</table>\n</div>\n")
    assert '<th scope="col">Drug</th>' in html


@pytest.mark.parametrize(
    ("rule", "kind"), [(":--", "text-start"), (":-:", "text-center"), ("--:", "text-end")]
)
def test_alignment_is_a_class(rule: str, kind: str) -> None:
    html = markdown.render(f"| A |\n| {rule} |\n| b |\n")
    assert f'<th class="{kind}" scope="col">A</th>' in html
    assert f'<td class="{kind}">b</td>' in html
    assert "style" not in html


def test_a_heading_cannot_end_the_name_of_the_region() -> None:
    html = markdown.render('| "><script> & |\n| --- |\n| b |\n')
    assert 'aria-label="Table: &quot;>&lt;script> &amp;">' in html


def test_the_name_of_the_region_is_plain_text() -> None:
    html = markdown.render("| *Drug* \\| `dose` |\n| --- |\n| b |\n")
    assert 'aria-label="Table: Drug | dose"' in html


def test_a_table_of_empty_cells_has_a_name_too() -> None:
    assert 'aria-label="Table: Table"' in markdown.render("|   |\n| --- |\n")


# Lists, alerts, links, notes


def test_task_boxes_are_drawn_by_the_theme() -> None:
    html = markdown.render("- [x] done\n- [ ] open\n- plain\n")
    assert "<input" not in html
    assert html.count("is-done") == 1
    assert html.count("is-open") == 1
    assert "<li>plain</li>" in html


def test_an_alert_is_an_aside() -> None:
    html = markdown.render("> [!WARNING]\n> Wash your hands.\n")
    assert html.startswith("<aside")
    assert html.rstrip().endswith("</aside>")


@pytest.mark.parametrize(
    ("text", "leaves"),
    [("[a](https://b.example)", True), ("<https://b.example>", True), ("[a](#b)", False)],
)
def test_a_link_that_leaves_tells_nothing_about_the_reader(text: str, leaves: bool) -> None:
    assert ('rel="noopener noreferrer"' in markdown.render(text)) is leaves


def test_headings_can_be_linked_to() -> None:
    html = markdown.render("# Top\n\n## Your scope\n\n##### Deep\n\n[there](#your-scope)\n")
    assert '<h2 id="section-your-scope">' in html
    assert '<a href="#section-your-scope">there</a>' in html
    assert html.count("id=") == 1


def test_a_heading_never_takes_the_name_of_a_part_of_the_page() -> None:
    assert 'id="main"' not in markdown.render("## Main\n")


def test_notes_have_a_heading_and_arrows_with_names() -> None:
    html = markdown.render("One[^a], two[^b], one again[^a].\n\n[^a]: A\n[^b]: B\n")
    assert '<section class="footnotes" aria-labelledby="footnotes-title">' in html
    assert '<h2 id="footnotes-title">' in html
    for target, number in (("1", 1), ("1:1", 1), ("2", 2)):
        assert f'id="fnref{target}"' in html
        assert f'href="#fnref{target}" class="footnote-backref"' in html
        assert f'aria-label="Back to the place of note {number}"' in html


def test_definitions_are_a_list() -> None:
    assert "<dt>PHI</dt>" in markdown.render("PHI\n: Protected health information\n")


# Images


def test_an_image_on_its_own_is_a_figure_with_its_title_as_caption() -> None:
    html = markdown.render('![A map](figures/map.svg "Where to <go>")')
    assert html == (
        '<figure><img src="figures/map.svg" alt="A map" loading="lazy" />'
        "<figcaption>Where to &lt;go&gt;</figcaption></figure>\n"
    )


def test_a_figure_without_a_title_has_no_caption() -> None:
    html = markdown.render("![A map](map.svg)")
    assert html.startswith("<figure><img")
    assert "figcaption" not in html


@pytest.mark.parametrize(
    "text", ["see ![A map](map.svg)", "## ![A map](map.svg)", "- see ![A](b.svg)"]
)
def test_an_image_among_other_things_stays_where_it_is(text: str) -> None:
    html = markdown.render(text)
    assert "<figure>" not in html
    assert '<img src="' in html


def test_the_resolver_gives_an_image_its_address_or_leaves_it() -> None:
    html = markdown.render("![a](a.svg)\n\nb ![b](b.svg)", {"a.svg": "/figures/1"}.get)
    assert 'src="/figures/1"' in html
    assert 'src="b.svg"' in html


def test_an_address_cannot_break_out_of_its_attribute() -> None:
    html = markdown.render("![a](a.svg)", lambda _: '"><script>')
    assert "<script" not in html


# Walking


def test_walk_gives_every_token_and_what_is_inside() -> None:
    kinds = [token.type for token in markdown.walk(markdown.parse("a [*b*](#c)"))]
    assert kinds[:3] == ["paragraph_open", "inline", "text"]
    assert "em_open" in kinds


# References


def test_references_that_lead_somewhere_are_no_problem() -> None:
    text = (
        "[a](https://b.example) [c](mailto:d@e.example) [f](#g) ![h](i.svg)\n\n```\n[x](y)\n```\n"
    )
    assert check(text, "i.svg") == []


def test_a_missing_image_is_an_error_at_its_paragraph() -> None:
    (problem,) = check("first\n\n![a](b.svg)\n", "c.svg", body_line=10)
    assert (problem.line, problem.code) == (12, "missing-image")
    assert problem.severity is Severity.ERROR
    assert "`b.svg`" in problem.message


def test_an_image_without_words_is_a_warning() -> None:
    (problem,) = check("![ ](b.svg)", "b.svg")
    assert problem.code == "alt-missing"
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize("target", ["other.md", "ftp://a.example/b", "/learn", "//evil.example"])
def test_a_link_that_leads_nowhere_is_an_error(target: str) -> None:
    found = check(f"first\n\n[a]({target})\n")
    assert [(problem.line, problem.code) for problem in found] == [(3, "broken-link")]


def test_a_link_that_cannot_be_taken_apart_is_an_error() -> None:
    assert [problem.code for problem in check("[a](https://[1:2]/)")] == ["broken-link"]


def test_images_in_a_link_and_cells_of_a_table_are_checked_too() -> None:
    text = "| A |\n| --- |\n| [![x](b.svg)](c.md) |\n"
    assert sorted(problem.code for problem in check(text)) == ["broken-link", "missing-image"]
