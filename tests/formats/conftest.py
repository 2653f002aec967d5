"""Here files are really looked into, in the process of their own."""

from __future__ import annotations

import pytest

from foundation.formats import inspecting
from tests.conftest import REALLY


@pytest.fixture(autouse=True)
def files_are_looked_into(monkeypatch):
    monkeypatch.setattr(inspecting, "look_into", REALLY.get("look_into", inspecting.look_into))
