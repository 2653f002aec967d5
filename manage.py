#!/usr/bin/env python3
"""Entry point of every command; takes the project's own environment when it is there."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OWN_PYTHON = HERE / ".venv" / "bin" / "python"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        if not OWN_PYTHON.exists() or Path(sys.prefix) == HERE / ".venv":
            sys.exit("Django is not installed here. Run: make setup")
        os.execv(OWN_PYTHON, [str(OWN_PYTHON), *sys.argv])
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
