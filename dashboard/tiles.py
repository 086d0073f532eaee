"""Where the pictures of the map come from, and the script that shows them: Leaflet, from the
package that is installed here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from xstatic.pkg import leaflet

FOLDER: Final = Path(leaflet.BASE_DIR)
VERSION: Final[str] = leaflet.VERSION
SERVED: Final = frozenset(
    {
        "leaflet.js",
        "leaflet.css",
        "images/layers.png",
        "images/layers-2x.png",
        "images/marker-icon.png",
    }
)
"""What browsers ask for: the rest of the folder is for those who build."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A server of pictures of the map, 256 pixels a side, that the group has chosen. It learns
    which parts of town are looked at, and nothing else."""

    url: str
    """With {z}, {x} and {y}."""
    credit: str
    """Whose map it is: shown on it."""

    @property
    def origin(self) -> str:
        """'https://tiles.example.org', as a Content-Security-Policy names it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"
