"""Blocks back to Markdown, with the renderer of mdformat.

mdformat's own parser would not see what `foundation.markdown` sees: it takes HTML for HTML, and knows
neither alerts nor definition lists. So the tokens are ours, and only the writing of them is mdformat's.
What it has no renderer or no escape for is added here.
"""

import re
from collections.abc import Iterable
from types import SimpleNamespace

from mdformat.plugins import PARSER_EXTENSIONS
from mdformat.renderer import DEFAULT_RENDERERS, MDRenderer, RenderContext, RenderTreeNode

from .source import Block

_TABLES = PARSER_EXTENSIONS["tables"]

# At the start of a line of text these would make a box, an alert or a definition.
_MARKERS = re.compile(r"^(?=\[[ xX]\]|\[!|[:~][ \t])", re.MULTILINE)


def to_markdown(blocks: Iterable[Block]) -> str:
    """The Markdown of `blocks`, with one line end after the last."""
    tokens = [token for block in blocks for token in block.tokens]
    options = {"mdformat": {"number": True}, "parser_extension": [_TABLES, _ADDED]}
    return MDRenderer().render(tokens, options, {})


def _children(node: RenderTreeNode, context: RenderContext) -> str:
    return "".join(child.render(context) for child in node.children)


def _blocks(nodes: Iterable[RenderTreeNode], context: RenderContext) -> str:
    return "\n\n".join(node.render(context) for node in nodes)


def _task(node: RenderTreeNode, context: RenderContext) -> str:
    text = DEFAULT_RENDERERS["list_item"](node, context)
    if "checked" not in node.meta:
        return text
    return f"[{'x' if node.meta['checked'] else ' '}] {text}"


def _emphasis(node: RenderTreeNode, context: RenderContext) -> str:
    """Emphasis with asterisks, unless they could run together with those of another."""
    parent = node.parent
    assert parent is not None
    beside = [
        each for each in parent.children if each is node or each.type != "text" or each.content
    ]
    place = beside.index(node)
    near = [
        parent,
        *beside[max(0, place - 1) : place],
        *beside[place + 1 : place + 2],
        *node.children,
    ]
    is_alone = all(each.type not in ("em", "strong") for each in near)
    marker = "*" * len(node.markup) if is_alone else node.markup
    return f"{marker}{_children(node, context)}{marker}"


def _strikethrough(node: RenderTreeNode, context: RenderContext) -> str:
    return f"~~{_children(node, context)}~~"


def _link(node: RenderTreeNode, context: RenderContext) -> str:
    text = node.children[0].content if node.children else ""
    # Without its scheme an address cannot stand between `<` and `>`.
    if node.info == "auto" and text.startswith("www."):
        return text
    return DEFAULT_RENDERERS["link"](node, context)


def _image(node: RenderTreeNode, context: RenderContext) -> str:
    """A picture as a link with `!` before it: in its text, too, what needs an escape gets one."""
    node.attrs["href"] = node.attrs["src"]
    return f"!{DEFAULT_RENDERERS['link'](node, context)}"


def _alert(node: RenderTreeNode, context: RenderContext) -> str:
    _, *inside = node.children
    return _quoted(f"[!{node.meta['kind']}]\n{_blocks(inside, context)}")


def _quotation(node: RenderTreeNode, context: RenderContext) -> str:
    # mdformat splits lines at characters that to Markdown end none.
    return _quoted(_blocks(node.children, context))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _definitions(node: RenderTreeNode, context: RenderContext) -> str:
    """A term, and each of its definitions in the lines below it."""
    pieces: list[str] = []
    for child in node.children:
        text = child.render(context)
        if child.type == "dt":
            pieces.append(f"\n{text}" if pieces else text)
        else:
            pieces.append("\n".join(f"  {line}".rstrip() for line in text.split("\n")))
            pieces[-1] = f":{pieces[-1][1:]}"
    return "\n".join(pieces)


def _definition(node: RenderTreeNode, context: RenderContext) -> str:
    return _blocks(node.children, context)


def _escape_tildes(text: str, _node: RenderTreeNode, _context: RenderContext) -> str:
    """Two tildes, even far from each other, strike what stands between them."""
    return text.replace("~", "\\~") if text.count("~") > 1 else text


def _escape_markers(text: str, _node: RenderTreeNode, _context: RenderContext) -> str:
    return _MARKERS.sub(r"\\", text)


_ADDED = SimpleNamespace(
    RENDERERS={
        "alert": _alert,
        "blockquote": _quotation,
        "dd": _definition,
        "dl": _definitions,
        "dt": _children,
        "em": _emphasis,
        "image": _image,
        "link": _link,
        "list_item": _task,
        "s": _strikethrough,
        "strong": _emphasis,
    },
    POSTPROCESSORS={"paragraph": _escape_markers, "text": _escape_tildes},
)
