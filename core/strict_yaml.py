"""Reading YAML that a person wrote: a key named twice, an anchor or a thousand levels is a mistake to be named, not a way to say things."""

from __future__ import annotations

from typing import Any

import yaml
from django.utils.translation import gettext as _

DEEPEST = 20


class StrictYamlError(yaml.MarkedYAMLError):
    """str() is a sentence with the line; `problem` and `problem_mark` are those of any mistake in a YAML file."""

    def __str__(self) -> str:
        problem = str(self.problem)
        return _("第 %(line)d 行：%(problem)s") % {"line": self.problem_mark.line + 1, "problem": problem} if self.problem_mark else problem


def _at(mark: Any, problem: str) -> StrictYamlError:
    return StrictYamlError(problem=problem, problem_mark=mark)


class _Strict(yaml.SafeLoader):
    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _at(event.start_mark, _("不能使用锚点和引用，请写全。"))
        self._depth += 1
        if self._depth > DEEPEST:
            raise _at(event.start_mark, _("层数过多。"))
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _value in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int):
                raise _at(key_node.start_mark, _("键须为文字。"))
            if key in seen:
                raise _at(key_node.start_mark, _("“%(key)s”重复。") % {"key": str(key)[:60]})
            seen.add(key)
        return super().construct_mapping(node, deep)


def strict_load(text: str) -> Any:
    """The one document in `text` (YAML or JSON). Raises yaml.YAMLError, str() of it a sentence; nothing is executed, nothing expanded."""
    try:
        return yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader
    except RecursionError:
        raise StrictYamlError(problem=_("层数过多。")) from None
    except ValueError as error:
        # 2026-02-30 as a date, a number of ten thousand digits.
        raise StrictYamlError(problem=_("有读不懂的值：%(error)s") % {"error": str(error)[:120]}) from error
