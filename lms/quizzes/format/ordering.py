"""Read a numbered list as items to put in order."""

from ..model import OrderingQuestion, OrderItem, Scoring
from .checkbox import is_task
from .document import Section
from .labels import block_under
from .reader import QuestionFields, Reader
from .settings import SectionSettings
from .source import Block, Source, plain_text

ORDER = "order"


def claims(section: Section) -> bool:
    """Whether `**Order:**` is there."""
    return section.part(ORDER) is not None


def read(
    source: Source, section: Section, settings: SectionSettings, fields: QuestionFields
) -> OrderingQuestion | None:
    """The items that the section's list puts in order; None when one cannot be read."""
    part = section.part(ORDER)
    assert part is not None
    if settings.scoring is Scoring.NET:
        message = "`net` is for several right options: write `scoring: all` or `scoring: each`"
        source.error(settings.places["scoring"], "bad-setting", message)
    wanted = "a numbered list in the right order"
    block = block_under(source, part, wanted, lambda block: block.kind == "ordered_list")
    if block is None:
        return None
    items = [_item(source, item, number) for number, item in enumerate(block.children, start=1)]
    known = tuple(item for item in items if item)
    if len(known) < len(items):
        return None
    if len(known) < 2:
        source.error(part.place, "too-few-options", "an order has at least two items")
    _report_repeated(source, block, known)
    return OrderingQuestion(**fields, items=known, scoring=settings.scoring or Scoring.ALL)


def _item(source: Source, item: Block, number: int) -> OrderItem | None:
    blocks = item.children
    children = blocks[0].inline.children or [] if blocks and blocks[0].kind == "paragraph" else []
    text = plain_text(children)
    if len(blocks) != 1 or not text or is_task(item):
        message = "an item is one paragraph of text, without a box and with nothing under it"
        source.error(source.start_of(item.tokens[0]), "bad-item", message)
        return None
    return OrderItem(number=number, text=text, html=source.inline_html(children))


def _report_repeated(source: Source, block: Block, items: tuple[OrderItem, ...]) -> None:
    """Report items that nobody could tell apart."""
    seen: set[str] = set()
    for item, written in zip(items, block.children, strict=True):
        if item.text in seen:
            message = f"`{item.text}` stands in this list twice: say what tells them apart"
            source.error(source.start_of(written.tokens[0]), "repeated-item", message)
        seen.add(item.text)


READER = Reader(
    name="an ordering",
    labels=frozenset({ORDER}),
    settings=frozenset({"scoring"}),
    claims=claims,
    read=read,
)
