"""Markdown to safe HTML: CommonMark and GitHub's extensions; raw HTML is shown as text.

What comes out obeys the strict content security policy (no inline style) and passes an accessibility
checker: tables scroll inside a named region, task boxes carry a text, footnote arrows have a name.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.anchors.index import slugify
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.gfm import gfm_plugin

from .problems import Problem, Severity

ImageResolver = Callable[[str], str | None]

HEADING = "section-"
_ALIGNMENT = {
    "text-align:left": "text-start",
    "text-align:center": "text-center",
    "text-align:right": "text-end",
}
# Authors write no HTML; a quiz puts marks of its own into the place of gaps.
_TAG = re.compile(r"<[^>]*>")


@lru_cache(maxsize=1)
def document_parser() -> MarkdownIt:
    """The parser for lessons and introductions."""
    parser = MarkdownIt("commonmark", {"html": False}).use(gfm_plugin).use(deflist_plugin)
    parser.use(anchors_plugin, min_level=2, max_level=4, slug_func=_heading_id, permalink=False)
    parser.add_render_rule("footnote_anchor", _footnote_anchor)
    parser.add_render_rule("footnote_block_open", _footnote_block_open)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def parse(text: str) -> list[Token]:
    """The tokens of a document, as CommonMark with GitHub's extensions."""
    return document_parser().parse(text)


def render(text: str, resolve_image: ImageResolver | None = None) -> str:
    """Render a document. `resolve_image` gives the address for an image's source, or None to keep it."""
    return render_tokens(parse(text), resolve_image)


def render_tokens(tokens: Sequence[Token], resolve_image: ImageResolver | None = None) -> str:
    """Render tokens that `parse` made. The tokens are changed: parse anew to use them again."""
    shaped = _figures(tokens)
    _empty_corners(shaped)
    for token in walk(shaped):
        _soften(token)
        if token.type == "image" and resolve_image:
            token.attrs["src"] = resolve_image(str(token.attrs["src"])) or token.attrs["src"]
    parser = document_parser()
    return parser.renderer.render(shaped, parser.options, {})


def walk(tokens: Iterable[Token]) -> Iterable[Token]:
    """Every token, and after each its children."""
    for token in tokens:
        yield token
        if token.children:
            yield from walk(token.children)


def check_references(
    tokens: Iterable[Token], path: str, body_line: int, images: Iterable[str] | None
) -> list[Problem]:
    """Images that are not among `images`, images without alternative text, links that lead nowhere.

    `images` is None for a file that can show none.
    """
    known = None if images is None else frozenset(images)
    problems: list[Problem] = []
    for block in tokens:
        if block.type != "inline":
            continue
        line = (block.map[0] if block.map else 0) + body_line
        for token in walk(block.children or []):
            if token.type == "image":
                problems += _check_image(token, path, line, known)
            elif token.type == "link_open":
                problems += _check_link(token, path, line)
    return problems


def _check_image(token: Token, path: str, line: int, known: frozenset[str] | None) -> list[Problem]:
    source = str(token.attrs.get("src", ""))
    if known is None:
        message = f"the image `{source}` cannot be shown here: put it into a lesson of a module"
        return [Problem(path, line, 1, "misplaced-image", message)]
    problems = []
    if source not in known:
        message = f"the image `{source}` is not there: put it into the module's figures/ folder"
        problems.append(Problem(path, line, 1, "missing-image", message))
    if not token.content.strip():
        message = f"the image `{source}` has no alternative text: say what it shows"
        problems.append(Problem(path, line, 1, "alt-missing", message, Severity.WARNING))
    return problems


def _check_link(token: Token, path: str, line: int) -> list[Problem]:
    target = str(token.attrs.get("href", ""))
    try:
        scheme = urlsplit(target).scheme
    except ValueError:
        scheme = ""
    if target.startswith("#") or scheme in ("https", "http", "mailto"):
        return []
    message = f"the link `{target}` leads nowhere: use an https address or a `#heading`"
    return [Problem(path, line, 1, "broken-link", message)]


def _figures(tokens: Sequence[Token]) -> list[Token]:
    """Make a figure of every image that stands alone in its paragraph; its title is the caption."""
    shaped = list(tokens)
    for index, token in enumerate(shaped):
        children = token.children or []
        if (
            token.type != "inline"
            or len(children) != 1
            or children[0].type != "image"
            or index == 0
            or shaped[index - 1].type != "paragraph_open"
        ):
            continue
        image = children[0]
        shaped[index - 1] = Token("figure_open", "figure", 1, block=True)
        shaped[index + 1] = Token("figure_close", "figure", -1, block=True)
        caption = image.attrs.pop("title", None)
        if caption:
            text = Token("text", "", 0, content=str(caption))
            token.children = [
                image,
                Token("caption_open", "figcaption", 1),
                text,
                Token("caption_close", "figcaption", -1),
            ]
    return shaped


def _empty_corners(tokens: list[Token]) -> None:
    """Make a plain cell of a heading without text, such as the corner of a table with row titles."""
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "th_open" and not inline.content:
            opening.type, opening.tag = "td_open", "td"
            closing.type, closing.tag = "td_close", "td"


def _heading_id(title: str) -> str:
    """The id of a heading, with a beginning of its own: `## Main` must not be the page's `main`."""
    return HEADING + slugify(title)


def _soften(token: Token) -> None:
    """Replace what the content security policy forbids or an accessibility checker misses."""
    style = token.attrs.pop("style", None)
    if style in _ALIGNMENT:
        token.attrJoin("class", _ALIGNMENT[str(style)])
    if token.type == "th_open":
        token.attrs["scope"] = "col"
    elif token.type == "list_item_open" and "checked" in token.meta:
        # The theme draws the box: a form control without a label would be noise to a screen reader.
        token.attrJoin("class", "is-done" if token.meta.pop("checked") else "is-open")
    elif token.type in ("alert_open", "alert_close"):
        token.tag = "aside"
    elif token.type == "link_open":
        target = str(token.attrs.get("href", ""))
        if target.startswith("#"):
            token.attrs["href"] = f"#{HEADING}{target[1:]}"
        elif target.startswith("http"):
            token.attrs["rel"] = "noopener noreferrer"
    elif token.type == "image":
        token.attrs["loading"] = "lazy"


def _footnote_anchor(renderer: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    meta = tokens[index].meta
    number = int(meta["id"]) + 1
    target = f"{number}:{meta['subId']}" if meta["subId"] else f"{number}"
    return (
        f' <a href="#fnref{target}" class="footnote-backref"'
        f' aria-label="Back to the place of note {number}">↩</a>'
    )


def _footnote_block_open(renderer: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return (
        '<section class="footnotes" aria-labelledby="footnotes-title">\n'
        '<h2 id="footnotes-title">Sources and notes</h2>\n<ol class="footnotes-list">\n'
    )


def _table_open(renderer: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    headings = (_words(token) for token in tokens[index:] if token.type == "inline")
    label = next(filter(None, headings), "Table")
    label = label.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="Table: {label}">\n<table>\n'


def _words(inline: Token) -> str:
    """What an inline token says, without its markup."""
    return "".join(
        _TAG.sub("", token.content) if token.type == "html_inline" else token.content
        for token in inline.children or []
    )


def _table_close(renderer: Any, tokens: Sequence[Token], index: int, *rest: Any) -> str:
    return "</table>\n</div>\n"
