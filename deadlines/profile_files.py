"""Reading profiles from YAML; a mistake is refused with file, line and reason."""

from __future__ import annotations

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from core.strict_yaml import strict_load
from deadlines.profile import Profile

SHIPPED = Path(__file__).parent / "profiles"


class ProfileError(ValueError):
    """A profile with a mistake. str() lists `file:line: path: reason`, one line each."""


class UnknownProfile(KeyError):
    """No profile of that name."""


def _line_of(node: yaml.Node | None, path: tuple[Any, ...]) -> int:
    line = node.start_mark.line + 1 if node else 1
    for part in path:
        step: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    step, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            step = node.value[part]
            line = step.start_mark.line + 1
        if step is not None:
            node = step
    return line


def parse_profile(text: str, source: str) -> Profile:
    """The profile in `text`. Raises ProfileError naming `source`, the line and the reason."""
    try:
        data, tree = strict_load(text), yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise ProfileError(f"{source}:{line}: YAML: {getattr(error, 'problem', error)}") from error
    try:
        return Profile.model_validate(data)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            path = problem["loc"]
            reason = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{source}:{_line_of(tree, path)}: {'.'.join(map(str, path)) or '(全文)'}: {reason}")
        raise ProfileError("\n".join(lines)) from error


def load_profile(path: Path) -> Profile:
    return parse_profile(path.read_text(encoding="utf-8"), path.name)


@lru_cache(maxsize=1)
def shipped_profiles() -> dict[str, Profile]:
    """The profiles in the repository, by short name (xuecheng, zhoucun, …)."""
    found = [load_profile(path) for path in sorted(SHIPPED.glob("*.yaml"))]
    return {profile.short_key: profile for profile in found}


def shipped_profile(name: str) -> Profile:
    """By short name or full key; UnknownProfile otherwise."""
    profiles = shipped_profiles()
    for short, profile in profiles.items():
        if name in (short, profile.profile.key):
            return profile
    raise UnknownProfile(name)


@lru_cache(maxsize=512)
def with_options(profile: Profile, options: tuple[tuple[str, str], ...]) -> Profile:
    """`profile` with readings chosen: each option that `sets` a place in the profile puts its value there.

    Raises KeyError(key) for an option that the profile does not have, ValueError for a value it does not offer.
    """
    if not options:
        return profile
    known = {o.key: o for o in profile.options}
    data = copy.deepcopy(profile.model_dump(by_alias=True))
    for key, text in options:
        if key not in known:
            raise KeyError(key)
        option = known[key]
        try:
            value = option.parse(text)
        except KeyError:
            raise ValueError(f"选项 {key} 没有取值 {text}（可取：{'、'.join(option.allowed)}）") from None
        if option.sets:
            _put(data, option.sets.split("."), value)
    return Profile.model_validate(data)


def _put(data: dict[str, Any], path: list[str], value: Any) -> None:
    place: Any = data
    for part in path[:-1]:
        place = next(item for item in place if item["key"] == part) if isinstance(place, list | tuple) else place[part]
    place[path[-1]] = value
