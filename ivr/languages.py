"""The folder `prompts/` as typed values: the languages that callers are offered and the script.

Everything that is missing or wrong is found when the line starts, in one list that names file and
key, and never while somebody is on the telephone.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

PROMPTS = (
    "welcome",
    "choose_language",
    "safety",
    "correction",
    "unknown_language",
    "goodbye",
    "goodbye_without_report",
)
"""What every language must say beside the script's questions."""
PLACEHOLDERS: Mapping[str, frozenset[str]] = MappingProxyType({"goodbye": frozenset({"reference"})})
LONGEST_SAY = 4096
"""Characters in one <Say> (https://www.twilio.com/docs/voice/twiml/say)."""


class BadPrompts(ValueError):
    """`prompts/` cannot be used. `str()` lists everything that is wrong, a line each."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the provider: `language` as Twilio's Say writes it, such as 'es-MX'."""

    language: str
    voice: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language of callers: what is said in it, and by whom."""

    code: str
    name: str
    """In itself: Español, Soomaali."""
    key: str
    """What a caller presses for it."""
    voice: Voice
    prompts: Mapping[str, str]
    questions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the script, see `prompts/script.toml`. Times are in seconds."""

    id: str
    kind: Literal["choose", "number", "record"]
    keys: tuple[str, ...] = ()
    default: str | None = None
    digits: int = 1
    wait: int = 5
    longest: int = 0
    silence: int = 0


@dataclass(frozen=True, slots=True)
class Script:
    questions: tuple[Question, ...]
    unknown_language: Question

    def question(self, question_id: str) -> Question | None:
        return next((q for q in self.questions if q.id == question_id), None)

    def after(self, question_id: str) -> Question | None:
        """The question that follows, None after the last."""
        ids = [question.id for question in self.questions]
        following = ids.index(question_id) + 1
        return self.questions[following] if following < len(ids) else None


@dataclass(frozen=True, slots=True)
class Prompts:
    """All of `prompts/` that the telephone needs. `languages` in the order of their keys."""

    script: Script
    languages: tuple[Language, ...]

    def language(self, code: str | None) -> Language | None:
        return next((language for language in self.languages if language.code == code), None)


def load_prompts(folder: Path) -> Prompts:
    """Reads the script and every language's `says.toml`.

    Raises:
        BadPrompts: with everything that is wrong, not only the first.
    """
    wrong: list[str] = []
    script = _script(folder / "script.toml", wrong)
    languages = [
        language
        for path in sorted(folder.glob("*/says.toml"))
        if (language := _language(path, script, wrong)) is not None
    ]
    if not languages and not wrong:
        wrong.append(f"{folder}: no language has a says.toml")
    wrong.extend(_clashing_keys(languages))
    if wrong or script is None:
        raise BadPrompts("\n".join(["prompts/ cannot be used:", *(f"  {line}" for line in wrong)]))
    return Prompts(script, tuple(sorted(languages, key=lambda language: language.key)))


def _toml(path: Path, wrong: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        wrong.append(f"{path}: is missing")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        wrong.append(f"{path}: {error}")
    return None


_FIELDS: Mapping[str, type] = MappingProxyType(
    {
        "id": str,
        "kind": str,
        "keys": list,
        "default": str,
        "digits": int,
        "wait": int,
        "longest": int,
        "silence": int,
    }
)
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"choose": ("keys",), "number": ("digits",), "record": ("longest", "silence")}
)


def _script(path: Path, wrong: list[str]) -> Script | None:
    table = _toml(path, wrong)
    if table is None:
        return None
    before = len(wrong)
    questions = [
        _question(entry, f"{path}: question {number}", wrong)
        for number, entry in enumerate(table.get("question", []), start=1)
    ]
    unknown = _question(table.get("unknown_language", {}), f"{path}: unknown_language", wrong)
    ids = [question.id for question in questions if question]
    wrong.extend(f"{path}: two questions have the id {twice!r}" for twice in _twice(ids))
    if not questions:
        wrong.append(f"{path}: has no [[question]]")
    if unknown is not None and unknown.kind != "record":
        wrong.append(f"{path}: unknown_language: kind must be 'record'")
    if len(wrong) > before or unknown is None:
        return None
    return Script(tuple(question for question in questions if question), unknown)


def _question(entry: Mapping[str, Any], where: str, wrong: list[str]) -> Question | None:
    before = len(wrong)
    for name, value in entry.items():
        if name not in _FIELDS:
            wrong.append(f"{where}: {name!r} is no key of a question")
        elif not isinstance(value, _FIELDS[name]) or isinstance(value, bool):
            wrong.append(f"{where}: {name} must be a {_FIELDS[name].__name__}")
        elif isinstance(value, int) and value < 1:
            wrong.append(f"{where}: {name} must be 1 or more")
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in _NEEDED:
        wrong.append(f"{where}: kind must be one of {', '.join(_NEEDED)}")
    else:
        wrong.extend(
            f"{where}: a {kind!r} needs {name}" for name in _NEEDED[kind] if not entry.get(name)
        )
    if not entry.get("id"):
        wrong.append(f"{where}: id is missing")
    for key in entry.get("keys", []):
        if not isinstance(key, str) or key not in string.digits or len(key) != 1:
            wrong.append(f"{where}: keys: {key!r} is no single digit in quotes")
    if len(wrong) > before:
        return None
    return Question(**{**entry, "keys": tuple(entry.get("keys", ()))})


def _language(path: Path, script: Script | None, wrong: list[str]) -> Language | None:
    table = _toml(path, wrong)
    if table is None:
        return None
    before = len(wrong)
    for name in ("name", "key"):
        if not isinstance(table.get(name), str) or not table[name]:
            wrong.append(f"{path}: {name} is missing")
    voice = table.get("voice", {})
    wrong.extend(
        f"{path}: [voice] {name} is missing"
        for name in ("language", "voice")
        if not isinstance(voice.get(name), str) or not voice[name]
    )
    prompts, questions = table.get("prompts", {}), table.get("questions", {})
    asked = [question.id for question in script.questions] if script else []
    wrong.extend(_missing(path, "prompts", prompts, PROMPTS))
    wrong.extend(_missing(path, "questions", questions, asked))
    if len(wrong) > before:
        return None
    return Language(
        code=path.parent.name,
        name=table["name"],
        key=table["key"],
        voice=Voice(voice["language"], voice["voice"]),
        prompts=MappingProxyType(dict(prompts)),
        questions=MappingProxyType(dict(questions)),
    )


def _missing(
    path: Path, section: str, said: Mapping[str, Any], needed: Sequence[str]
) -> Iterator[str]:
    for name in needed:
        text = said.get(name)
        if not isinstance(text, str) or not text.strip():
            yield f"{path}: [{section}] {name} is missing"
            continue
        if len(text) > LONGEST_SAY:
            yield f"{path}: [{section}] {name} is longer than {LONGEST_SAY} characters"
        try:
            used = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        except ValueError as error:
            yield f"{path}: [{section}] {name}: {error}"
            continue
        wanted = PLACEHOLDERS.get(name, frozenset()) if section == "prompts" else frozenset()
        if used != wanted:
            yield (
                f"{path}: [{section}] {name} must hold {_braces(wanted)} and holds {_braces(used)}"
            )
    for name in said.keys() - set(needed):
        yield f"{path}: [{section}] {name} is never said"


def _braces(names: set[str] | frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no {…}"


def _clashing_keys(languages: Sequence[Language]) -> Iterator[str]:
    for language in languages:
        if language.key not in set("123456789"):
            yield f"prompts/{language.code}/says.toml: key must be one of 1 to 9"
    for key in _twice([language.key for language in languages]):
        codes = " and ".join(language.code for language in languages if language.key == key)
        yield f"the languages {codes} have the same key {key}"


def _twice(values: Sequence[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})
