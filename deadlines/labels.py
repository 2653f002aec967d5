"""The documents' own words for clocks, units, acts and categories."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from deadlines.targets import BY_ROLE


@lru_cache(maxsize=1)
def _labels() -> dict[str, dict[str, str]]:
    data: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "labels.yaml").read_text(encoding="utf-8"))
    return data["labels_zh"]


def clock_label(key: str) -> str:
    if key in BY_ROLE:
        return str(BY_ROLE[key].label)
    local = {"agenda_solicitation": "征集议题"}
    return _labels()["clocks"].get(key) or local.get(key, key)


def unit_label(unit: str) -> str:
    return _labels()["units"].get(unit, unit)
