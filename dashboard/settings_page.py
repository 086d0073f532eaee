"""What the pages of settings show, and what their forms mean. Pure.

A form is read into values written as the environment writes them, so that the same rules find the
same things wrong, whoever set them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dashboard.prompt_page import Progress, ScriptQuestion, SpokenLanguage
from oncall.composing import NEVER_MORE
from oncall.ruling import CHANNELS, CLOCKS, Rulebook, Rules, written
from reports.settings import Change, Setting, standing

LAST_CHANGES: Final = 20
MOST_DAYS: Final = 3650


class Area(StrEnum):
    """Settings that are kept at the desk, a page each."""

    LANGUAGES = "languages"
    QUESTIONS = "questions"
    CHANNELS = "channels"
    CLOCKS = "clocks"
    FLOOD = "flood"
    RETENTION = "retention"


OF_AREA: Final[Mapping[Area, tuple[Setting, ...]]] = MappingProxyType(
    {
        Area.LANGUAGES: (Setting.LANGUAGES_OFF, Setting.LANGUAGE_ORDER),
        Area.QUESTIONS: (Setting.QUESTIONS_OFF,),
        Area.CHANNELS: (Setting.CHANNELS_CARRY,),
        Area.CLOCKS: (Setting.TAKE_UP_WITHIN, Setting.QUIET_HOURS),
        Area.FLOOD: (
            Setting.CALLER_CALLS_AN_HOUR,
            Setting.WITHHELD_CALLS_AN_HOUR,
            Setting.FLOOD_CALLS,
            Setting.FLOOD_CHECK,
        ),
        Area.RETENTION: (Setting.RETAIN_CALLER_DAYS,),
    }
)


class Why(StrEnum):
    """Why what was sent cannot be kept. The page has the words for what to do instead."""

    NO_LANGUAGE = "no_language"
    NONE_HEARD = "none_heard"
    PLACE = "place"
    MINUTES = "minutes"
    QUIET = "quiet"
    NUMBER = "number"
    DAYS = "days"
    RULE = "rule"
    """By a rule of the environment's, whose words are shown."""


class Refused(ValueError):
    """What was sent cannot be kept; `field` names the input that is wrong."""

    def __init__(self, why: Why, field: str, said: str = "") -> None:
        super().__init__(said or why)
        self.why = why
        self.field = field
        self.said = said


@dataclass(frozen=True, slots=True)
class Hand:
    """Who had a hand in something last."""

    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A change on the page of its area."""

    change: Change
    counts: bool
    """It is what holds now, and can be undone."""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    question: ScriptQuestion
    is_asked: bool


def question_rows(rules: Rules, questions: Sequence[ScriptQuestion]) -> tuple[QuestionRow, ...]:
    return tuple(
        QuestionRow(each, not (each.optional and each.id in rules.questions_off))
        for each in questions
    )


@dataclass(frozen=True, slots=True)
class LanguageRow:
    language: SpokenLanguage
    is_told: bool
    place: str
    """Where in the greeting it is fixed to stand, 1 first; '' by use."""
    progress: Progress

    @property
    def lacks(self) -> bool:
        """It cannot be heard yet."""
        return self.progress.missing > 0


def language_rows(
    rules: Rules, spoken: Sequence[SpokenLanguage], progress: Mapping[str, Progress]
) -> tuple[LanguageRow, ...]:
    places = {code: str(at) for at, code in enumerate(rules.language_order, 1)}
    rows = [
        LanguageRow(
            each,
            each.code not in rules.languages_off,
            places.get(each.code, ""),
            progress[each.code],
        )
        for each in spoken
    ]
    return tuple(sorted(rows, key=lambda row: (int(row.place or len(rows) + 1), row.language.keys)))


def lines_of(area: Area, changes: Iterable[Change]) -> tuple[Line, ...]:
    """The last changes of an area, the last first."""
    mine = [change for change in changes if change.name in OF_AREA[area]]
    counts = set(standing(mine).values())
    return tuple(Line(change, change in counts) for change in reversed(mine[-LAST_CHANGES:]))


def differs(area: Area, rules: Rules, as_set_up: Rules) -> bool:
    """Whether anything is other than the environment has it."""
    now, first = written(rules), written(as_set_up)
    return any(now[name] != first[name] for name in OF_AREA[area])


# --- What a form means ----------------------------------------------------------------------------

Form = Mapping[str, Sequence[str]]
"""What was sent, by name."""


def read_form(
    area: Area,
    form: Form,
    rules: Rules,
    rulebook: Rulebook,
    heard: Mapping[str, bool],
    questions: Sequence[ScriptQuestion],
) -> dict[str, str]:
    """What differs from what holds now; `heard`: codes of all languages, and whether callers can
    hear them; `questions`: all of the script.

    Raises:
        Refused
    """
    match area:
        case Area.LANGUAGES:
            values = _languages(form, heard)
        case Area.QUESTIONS:
            values = _questions(form, questions)
        case Area.CHANNELS:
            values = _channels(form)
        case Area.CLOCKS:
            values = _clocks(form)
        case Area.FLOOD:
            values = _flood(form)
        case Area.RETENTION:
            days = _number(form, "days", Why.DAYS, most=MOST_DAYS)
            values = {Setting.RETAIN_CALLER_DAYS: days}
    now = written(rules)
    changed = {}
    for name, text in values.items():
        try:
            rulebook.read(name, text)
        except ValueError as wrong:
            raise Refused(Why.RULE, name, str(wrong)) from None
        if text != now[name]:
            changed[str(name)] = text
    return changed


def _one(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "").strip()


def _number(form: Form, name: str, why: Why, *, least: int = 1, most: int = 99_999) -> str:
    text = _one(form, name)
    if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise Refused(why, name)
    return str(int(text))


def _languages(form: Form, heard: Mapping[str, bool]) -> dict[Setting, str]:
    told = [code for code in heard if code in form.get("told", ())]
    if not told:
        raise Refused(Why.NO_LANGUAGE, "told")
    if not any(heard[code] for code in told):
        raise Refused(Why.NONE_HEARD, "told")
    placed = []
    for code in heard:
        if _one(form, f"place-{code}"):
            at = _number(form, f"place-{code}", Why.PLACE, most=99)
            placed.append((int(at), code))
    return {
        Setting.LANGUAGES_OFF: ",".join(sorted(code for code in heard if code not in told)),
        # Two on one place stand in the order of their keys, as they are listed.
        Setting.LANGUAGE_ORDER: ",".join(
            code for _, code in sorted(placed, key=lambda one: one[0])
        ),
    }


def _questions(form: Form, questions: Sequence[ScriptQuestion]) -> dict[Setting, str]:
    asked = form.get("asked", ())
    off = [each.id for each in questions if each.optional and each.id not in asked]
    return {Setting.QUESTIONS_OFF: ",".join(sorted(off))}


def _channels(form: Form) -> dict[Setting, str]:
    return {
        Setting.CHANNELS_CARRY: ",".join(
            f"{name}={NEVER_MORE.get(name) or _one(form, f'carries-{name}')}" for name in CHANNELS
        )
    }


def _clocks(form: Form) -> dict[Setting, str]:
    within = []
    for name in CLOCKS:
        minutes = _one(form, f"within-{name}") and _number(
            form, f"within-{name}", Why.MINUTES, least=0, most=1440
        )
        within.append(f"{name}={minutes or 0}")
    begin, end = _one(form, "quiet_begin"), _one(form, "quiet_end")
    if bool(begin) is not bool(end) or (begin and begin == end):
        raise Refused(Why.QUIET, "quiet_begin")
    return {
        Setting.TAKE_UP_WITHIN: ",".join(within),
        Setting.QUIET_HOURS: f"{begin}-{end}" if begin else "",
    }


def _flood(form: Form) -> dict[Setting, str]:
    return {
        Setting.CALLER_CALLS_AN_HOUR: _number(form, "caller", Why.NUMBER),
        Setting.WITHHELD_CALLS_AN_HOUR: _number(form, "withheld", Why.NUMBER),
        Setting.FLOOD_CALLS: _number(form, "calls", Why.NUMBER, least=2),
        Setting.FLOOD_CHECK: "true" if form.get("check") else "false",
    }
