"""A picture made small. Of a scan of many pages, the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageOps

pillow_heif.register_heif_opener()
# Points of a picture that is drawn; more is a bomb, or nothing that a page shows.
Image.MAX_IMAGE_PIXELS = 150_000_000
SIDE = 800


def draw(file: Path, preview: Path) -> tuple[list[str], list[str]]:
    with Image.open(file, formats=["JPEG", "PNG", "BMP", "TIFF", "HEIF", "WEBP", "GIF"]) as picture:
        if picture.width * picture.height > Image.MAX_IMAGE_PIXELS:
            raise ValueError("too many points")
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
        save(ImageOps.exif_transpose(picture), preview)
    return [], []


def save(picture: Any, preview: Path) -> None:
    """The picture, no longer than SIDE on either side, on white."""
    picture.thumbnail((SIDE, SIDE))
    if picture.mode in ("RGBA", "LA", "PA", "P"):
        drawn = picture.convert("RGBA")
        white = Image.new("RGB", drawn.size, (255, 255, 255))
        white.paste(drawn, mask=drawn.getchannel("A"))
        picture = white
    picture.convert("RGB").save(preview, "JPEG", quality=80)
