"""Pictures in a form that can be shown without harm.

A photograph holds where and when it was taken and with whose telephone. What is kept is never
changed; what a page shows is painted anew from its pixels, smaller, and holds nothing else.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps

LONGEST_SIDE = 1600
"""Pixels: enough to read a number plate, little enough for a telephone."""
MOST_PIXELS = 50_000_000
"""More than telephones make; a small file can claim to be far larger."""
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


class NotShowable(ValueError):
    """No picture that can be painted here (HEIC is none); the file may still be downloaded."""


def showable(picture: bytes) -> bytes:
    """A JPEG of the picture, upright, of its first frame, without any metadata.

    Raises:
        NotShowable
    """
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as original:
            if original.width * original.height > MOST_PIXELS:
                raise NotShowable("the picture is too large")
            upright = ImageOps.exif_transpose(original).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotShowable("the file is no picture that can be shown") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    shown = io.BytesIO()
    bare.save(shown, format="JPEG", quality=85)
    return shown.getvalue()
