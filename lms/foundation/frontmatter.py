"""YAML front matter: split off, read with positions, and checked against a pydantic model.

Every scalar reaches the model as the text its author typed, so that `title: On` stays a title and the
model alone decides what is a number. All faults of one file are reported together, each at its place.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from .problems import Problem

ModelT = TypeVar("ModelT", bound=BaseModel)
Place = tuple[int, int]

MAX_DEPTH = 10
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Split:
    """A file in two parts. `body_line` is the number, from 1, of the body's first line in the file."""

    yaml_text: str | None
    body: str
    body_line: int
    # Filled by `read`: the front matter's values as typed, and the place of each by its keys and indexes.
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[tuple[str | int, ...], Place] = field(default_factory=dict)


@dataclass(slots=True)
class _Tree:
    """Plain values and, for each path of keys and indexes, the place where that value stands."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str | int, ...], Place] = field(default_factory=dict)


def normalize(text: str) -> str:
    """Text with its byte order mark removed and every line end written as one line feed."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def split(text: str) -> Split:
    """Separate the front matter between the two `---` lines from what follows it."""
    lines = normalize(text).split("\n")
    if lines[0].rstrip() != "---":
        return Split(None, "\n".join(lines), 1)
    for index in range(1, len(lines)):
        if lines[index].rstrip() in ("---", "..."):
            return Split("\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 2)
    return Split(None, "\n".join(lines), 1)


def read(text: str, path: str, model: type[ModelT]) -> tuple[ModelT | None, Split, list[Problem]]:
    """Read the front matter of `text` into `model`.

    Returns the model (None when anything is wrong with it), the two parts, and every problem found.
    Never raises for bad input.
    """
    parts = split(text)
    if parts.yaml_text is None:
        message = "the file must begin with front matter: a line `---`, settings, a line `---`"
        return None, parts, [Problem(path, 1, 1, "front-matter-missing", message)]
    tree, problems = _parse(parts.yaml_text, path)
    parts = replace(parts, values=tree.values, places=tree.places)
    if problems:
        return None, parts, problems
    try:
        return model.model_validate(tree.values), parts, []
    except ValidationError as error:
        return None, parts, [_explain(item, tree, path, model) for item in error.errors()]


def _parse(yaml_text: str, path: str) -> tuple[_Tree, list[Problem]]:
    tree = _Tree()
    try:
        problem = _refuse_unsafe(yaml_text, path)
        if problem:
            return tree, [problem]
        node = yaml.compose(yaml_text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark)
        reason = " ".join((error.problem or error.context or "cannot be read").split())
        return tree, [Problem(path, *place, "yaml", f"the front matter is not YAML: {reason}")]
    except (yaml.YAMLError, UnicodeError):
        message = "the front matter holds a character that YAML does not allow"
        return tree, [Problem(path, *_unprintable(yaml_text), "yaml", message)]
    if node is None:
        return tree, []
    if not isinstance(node, yaml.MappingNode):
        message = "the front matter must be settings, one `name: value` on each line"
        return tree, [Problem(path, 2, 1, "yaml", message)]
    problems: list[Problem] = []
    tree.values = _plain(node, (), tree, problems, path)
    return tree, problems


def _refuse_unsafe(yaml_text: str, path: str) -> Problem | None:
    """Refuse what could grow without bound before anything is built: aliases and deep nesting."""
    depth = 0
    for event in yaml.parse(yaml_text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            message = "aliases (`*name`) are not allowed in front matter: write the value out"
            return Problem(path, *_place(event.start_mark), "yaml-alias", message)
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                message = "the front matter is nested too deeply"
                return Problem(path, *_place(event.start_mark), "yaml", message)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
    return None


def _place(mark: Any) -> Place:
    """Line and column of a mark in the front matter, counted from 1 in the whole file."""
    return (mark.line + 2, mark.column + 1) if mark else (2, 1)


def _unprintable(yaml_text: str) -> Place:
    """Where the first character stands that YAML does not allow: most of them cannot be seen."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(yaml_text)
    start = found.start() if found else 0
    return yaml_text.count("\n", 0, start) + 2, start - yaml_text.rfind("\n", 0, start)


def _plain(
    node: yaml.Node, where: tuple[str | int, ...], tree: _Tree, problems: list[Problem], path: str
) -> Any:
    tree.places[where] = _place(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, where, tree, problems, path)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(child, (*where, index), tree, problems, path)
            for index, child in enumerate(node.value)
        ]
    # A quoted null is the text between the quotes: its tag says so.
    return None if node.tag.endswith(":null") else node.value


def _plain_mapping(
    node: yaml.MappingNode,
    where: tuple[str | int, ...],
    tree: _Tree,
    problems: list[Problem],
    path: str,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, column = _place(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            message = "a setting's name must be plain text"
            problems.append(Problem(path, line, column, "yaml", message))
            continue
        key = key_node.value
        if key in values:
            message = f"`{key}` is set twice: keep one"
            problems.append(Problem(path, line, column, "repeated-key", message))
            continue
        values[key] = _plain(value_node, (*where, key), tree, problems, path)
        tree.places[(*where, key, "")] = (line, column)
    return values


def _explain(error: Any, tree: _Tree, path: str, model: type[BaseModel]) -> Problem:
    """One pydantic error as a sentence at the place of the setting it speaks of."""
    where = tuple(error["loc"])
    name = ".".join(str(part) for part in where)
    kind = error["type"]
    if kind == "extra_forbidden":
        line, column = tree.places.get((*where, ""), (1, 1))
        message = f"`{name}` is not a setting here{suggestion(str(where[-1]), _names(model))}"
        return Problem(path, line, column, "unknown-setting", message)
    if kind == "missing":
        line, column = tree.places.get(where[:-1], (1, 1)) if len(where) > 1 else (1, 1)
        return Problem(path, line, column, "missing-setting", f"`{name}` is missing: add it")
    # Pydantic goes on where the file ends: to the kind of value it tried, or to a name as `[key]`.
    is_about_name = where[-1:] == ("[key]",)
    while where and where not in tree.places:
        where = where[:-1]
    name = ".".join(str(part) for part in where)
    line, column = tree.places.get((*where, "") if is_about_name else where, (1, 1))
    if kind == "value_error":
        reason = str(error["ctx"]["error"])
    else:
        reason = str(error["msg"]).replace("Input should be", "it should be")
    about = f"`{name}`: " if name else ""
    return Problem(path, line, column, "bad-setting", about + reason)


def _names(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def suggestion(word: str, known: Sequence[str]) -> str:
    """The end of a message about an unknown `word`: the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f": did you mean `{near[0]}`?"
    return ": use one of " + ", ".join(f"`{name}`" for name in sorted(known))
