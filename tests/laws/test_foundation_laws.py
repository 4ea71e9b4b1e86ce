"""What holds for any text at all: reading never raises, and what is rendered can do no harm."""

from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from lms.foundation import frontmatter, markdown
from lms.foundation.problems import Severity

# Everything that rendering may write; whatever else appears came out of the source.
KNOWN_TAGS = """
    a aside blockquote br code dd del div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr img li ol p pre s
    section strong sup table tbody td th thead tr ul
"""
KNOWN_ATTRIBUTES = """
    alt aria-label aria-labelledby class href id loading rel role scope src start tabindex title
"""
TAGS = frozenset(KNOWN_TAGS.split())
ATTRIBUTES = frozenset(KNOWN_ATTRIBUTES.split())
SCHEMES = ("javascript:", "vbscript:", "data:text", "file:")

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">',
    "[a](javascript:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "<javascript:alert(1)>",
    "![a](javascript:alert(1))",
    "![a](data:text/html,<script>)",
    '![a](b "c\\" onerror=\\"d")',
    "[a]: javascript:alert(1)\n\n[a]\n",
    "```<script>\n<script>\n```\n",
    "| <script> | \" onload=\" |\n| :-: | --- |\n| a | <b style='c'> |\n",
    "[^<script>]\n\n[^<script>]: <script>\n",
    "^[<script>]",
    "## <script> {#a style=b}\n",
    "> [!NOTE]\n> <script>\n",
    "- [x] <script>\n",
    "<script>\n: <script>\n",
    "<!-- --><style>",
    "www.a.example/<script>",
    "https://a.example/\"onclick=\"b",
    "a@b.example<script>",
    "&lt;script&gt;",
    "\\<script>",
)  # fmt: skip
MARKS = (
    "\n",
    "\n\n",
    "\n    ",
    "---\n",
    "| ",
    "`",
    "*",
    "_",
    "[",
    "](",
    ")",
    "<",
    ">",
    "&",
    '"',
    "~~",
)

# A busy machine is no fault of the code: nothing here is timed.
LAW = settings(max_examples=150)

texts = st.one_of(
    st.text(),
    st.text(alphabet=st.characters()),
    st.lists(st.one_of(st.sampled_from(ATTACKS + MARKS), st.text(max_size=8))).map("".join),
)


class Reader(HTMLParser):
    """Collects the tags and attributes of a page as a browser would see them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")

    def handle_decl(self, decl: str) -> None:
        self.tags.add("!")

    def handle_pi(self, data: str) -> None:
        self.tags.add("?")


def assert_harmless(html: str) -> None:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.tags <= TAGS
    assert {name for name, _ in reader.attributes} <= ATTRIBUTES
    for name, value in reader.attributes:
        if name in ("href", "src"):
            # Browsers skip these characters when they look for the scheme.
            address = value.translate({9: None, 10: None, 13: None}).strip().lower()
            assert not address.startswith(SCHEMES)


def test_the_reader_of_these_laws_sees_what_it_must() -> None:
    reader = Reader()
    reader.feed('<p onclick="a"><!-- b --><script>c</script><a href="javascript:d">')
    assert reader.tags == {"p", "!--", "script", "a"}
    assert ("onclick", "a") in reader.attributes


@LAW
@given(texts)
@example("".join(ATTACKS))
@example("\n\n".join(ATTACKS))
def test_rendering_never_raises_and_does_no_harm(text: str) -> None:
    assert_harmless(markdown.render(text))


@LAW
@given(texts, texts)
def test_the_address_and_caption_of_an_image_do_no_harm(address: str, caption: str) -> None:
    text = f"![a](b.svg {caption!r})\n\n![a](<{address}> ({caption}))\n"
    assert_harmless(markdown.render(text, lambda _: f"/figures/{address}"))


@LAW
@given(texts)
def test_checking_references_never_raises(text: str) -> None:
    problems = markdown.check_references(markdown.parse(text), "a.md", 5, ())
    assert all(problem.line >= 5 for problem in problems)


class Sheet(BaseModel):
    """Settings to read any text into."""

    model_config = ConfigDict(extra="forbid")

    title: str
    minutes: int = 1
    goals: dict[str, str] = {}
    modules: list[str] = []


PIECES = (
    "---", "---\n", "...\n", "title: ", "minutes: ", "goals:\n  a: ", "modules:\n  - ", "? ", ": ", "- ",
    "&a ", "*a", "<<: ", "!!python/object:os.system ", "!!binary ", "!<tag:yaml.org,2002:null> ", "{", "}",
    "[", "]", "'", '"', "|\n ", ">-\n ", "# ", "\t", "%YAML 1.1\n", "~", "\x85", "\u2028", "\x00", "\ufeff",
    "\ud800", "\\ud800", "\r",
)  # fmt: skip
yaml_texts = st.one_of(
    texts,
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8))).map("".join),
).map(lambda text: f"---\n{text}\n---\n")


@LAW
@given(st.one_of(texts, yaml_texts))
@example('---\ntitle: "\\ud800"\n---\n')
@example("---\n%YAML 9.9\n---\n")
def test_reading_front_matter_never_raises_and_finds_places_inside_the_file(text: str) -> None:
    sheet, parts, problems = frontmatter.read(text, "a.md", Sheet)
    assert (sheet is None) is any(problem.severity is Severity.ERROR for problem in problems)
    lines = frontmatter.normalize(text).split("\n")
    assert 1 <= parts.body_line <= len(lines) + 1
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert problem.column >= 1
        assert problem.message


@LAW
@given(texts, st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs"))))
def test_the_body_starts_at_its_line(settings: str, body: str) -> None:
    text = f"---\n{settings}\n---\n{body}"
    parts = frontmatter.split(text)
    lines = frontmatter.normalize(text).split("\n")
    assert parts.body == "\n".join(lines[parts.body_line - 1 :])


@LAW
@given(st.text())
def test_normal_text_has_one_kind_of_line_end(text: str) -> None:
    normal = frontmatter.normalize(text)
    assert "\r" not in normal
    assert frontmatter.normalize(normal.removeprefix("\ufeff")) == normal.removeprefix("\ufeff")
