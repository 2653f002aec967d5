"""Where a rule stands: the source of one symbol of a Python file, or of one entry of a profile."""

from __future__ import annotations

import ast
import textwrap
from functools import lru_cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent


class NoPlace(LookupError):
    """The file or the symbol in it does not exist; str() says which."""


@lru_cache(maxsize=512)
def text_of(file: str) -> str:
    path = ROOT / file
    if not path.is_file():
        raise NoPlace(f"{file} does not exist")
    return path.read_text(encoding="utf-8")


def span(file: str, symbol: str) -> tuple[int, int]:
    """From which character to which `symbol` stands in `file`.

    Python: a function, class, method or assigned name (`Class.method`), with its decorators. YAML: keys from the top, an entry
    of a list by its `key` (`clocks.referral.limit`). Raises NoPlace.
    """
    source = text_of(file)
    found = _in_yaml(source, symbol) if file.endswith((".yaml", ".yml")) else _in_python(source, symbol)
    if found is None:
        raise NoPlace(f"{file} has no {symbol}")
    return found


def source_of(file: str, symbol: str) -> str:
    start, end = span(file, symbol)
    return text_of(file)[start:end]


def meaning_of(file: str, symbol: str) -> str:
    """What a symbol says, whatever its layout: a Python symbol without comments and docstrings, an entry of a profile as its value.

    Raises NoPlace.
    """
    source = source_of(file, symbol)
    if not file.endswith(".py"):
        entry = _entry_at(_composed(text_of(file)), symbol)
        return repr(yaml.SafeLoader("").construct_document(entry)) if entry else ""
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


@lru_cache(maxsize=512)
def _tree(source: str) -> ast.Module:
    return ast.parse(source)


def _in_python(source: str, symbol: str) -> tuple[int, int] | None:
    body: list[ast.stmt] = _tree(source).body
    found: ast.stmt | None = None
    for name in symbol.split("."):
        found = next((node for node in body if name in _names(node)), None)
        if found is None:
            return None
        body = getattr(found, "body", [])
    assert found is not None
    lines = source.splitlines(keepends=True)
    first = min([found.lineno, *(d.lineno for d in getattr(found, "decorator_list", []))])
    return len("".join(lines[: first - 1])), len("".join(lines[: found.end_lineno]))


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def names_in_decorators(file: str, symbol: str) -> list[str]:
    """The names at module level that a test's parametrisation uses: its table belongs to the test."""
    tree = _tree(text_of(file))
    function = next(node for node in tree.body if symbol in _names(node))
    used = {n.id for d in getattr(function, "decorator_list", []) for n in ast.walk(d) if isinstance(n, ast.Name)}
    return sorted(used & {name for node in tree.body for name in _names(node)})


def _in_yaml(source: str, symbol: str) -> tuple[int, int] | None:
    node = _entry_at(_composed(source), symbol)
    return (node.start_mark.index, node.end_mark.index) if node is not None else None


def _entry_at(node: yaml.Node | None, path: str) -> yaml.Node | None:
    for key in path.split("."):
        node = _entry(node, key)
    return node


@lru_cache(maxsize=16)
def _composed(source: str) -> yaml.Node | None:
    return yaml.compose(source, Loader=yaml.SafeLoader)


def _entry(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode):
        named = (item for item in node.value if (name := _entry(item, "key")) is not None and name.value == key)
        return next(named, None)
    return None
