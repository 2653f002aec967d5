"""The reading process. Started as `main.py KEY FOLDER MEGABYTES` with nothing of ours around it; reads FOLDER/file.

Writes FOLDER/said.json (`marks`, `listing`) and, where it can draw one, FOLDER/preview.jpg. Knows neither Django nor the database.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import limits

MOST_LISTED = 200


def main(key: str, folder: Path, megabytes: int) -> None:
    import archives
    import papers
    import pictures

    readers = {
        "pdf": papers.pdf, "doc": papers.old_office, "xls": papers.old_office, "ppt": papers.old_office, "docx": papers.office,
        "xlsx": papers.office, "pptx": papers.office, "ofd": papers.ofd, "eml": papers.mail, "zip": archives.zipped, "rar": archives.rar,
        "7z": archives.seven, "locked": papers.locked, "ole": papers.damaged, "msg": papers.message,
        **dict.fromkeys(("jpeg", "png", "bmp", "tiff", "heic", "webp", "gif"), pictures.draw),
    }  # fmt: skip
    # After the libraries are there: reading them needs nothing that is refused, but leaves more of the memory to the file.
    limits.confine(megabytes)
    marks, listing = readers[key](folder / "file", folder / "preview.jpg")
    said = {"marks": marks, "listing": [name[:200] for name in listing[:MOST_LISTED]]}
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
