"""Which language a text message is written in.

What a few words are written in is often anybody's guess. So the guess is made among all languages
that py3langid knows and believed only if it is likely, and one that callers are offered: of the
rest, some are not known to it, and it would call Hmong something else.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

BELIEVED: Final = 0.5
"""Probability from which a guess counts. Whole sentences reach 0.7 and more, 'hola' 0.1."""


class WrittenLanguage:
    """Says which of the offered languages words are in, None where that cannot be said.

    Holds about 100 MB once it was first asked, and takes most of a second to begin with.
    """

    def __init__(self, offered: Iterable[str]) -> None:
        self._offered = frozenset(offered)
        self._identifier: LanguageIdentifier | None = None
        self._lock = threading.Lock()

    def __call__(self, words: str) -> str | None:
        if not any(character.isalpha() for character in words):
            return None
        language, probability = self._loaded().classify(words)
        return str(language) if probability >= BELIEVED and language in self._offered else None

    def _loaded(self) -> LanguageIdentifier:
        with self._lock:
            if self._identifier is None:
                from py3langid.langid import MODEL_FILE, LanguageIdentifier

                self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
            return self._identifier
