"""Whether it is going on: as the caller rang, and whether they are still there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from reports.fields.finding import Finding
from reports.fields.keys import choice
from reports.fields.lexicon import Mark
from reports.fields.marked import spoken
from reports.fields.moment import Moment
from reports.fields.said import Passage
from reports.model import Call, Field
from reports.questions import EARLIER, FAMILY_TAKEN, NO, NOW, STILL_THERE, WHEN, YES


def happening_now(call: Call) -> Field[bool]:
    """True: the caller said 'happening now'; False: 'already happened'."""
    return choice(call, WHEN, {NOW: True, EARLIER: False})


def family_taken(call: Call) -> bool:
    """Whether the caller chose the path of those whose family member was taken."""
    answer = call.answer(WHEN)
    return answer is not None and answer.digits == FAMILY_TAKEN


def still_there(call: Call) -> Field[bool]:
    """Whether those seen were still there, as of the call."""
    return choice(call, STILL_THERE, {YES: True, NO: False})


CONFIDENCE: Final = 0.85
DOUBT: Final = 0.2
"""Less sure, where they say the one and then the other: things change, and words are misheard."""
PRESENCE: Final = "presence"
"""The lexicon's kind, with the values `here` and `left`."""
NOTHING: Final = "none"
"""What it says of 'I am still shaking'."""
PRESENT: Final = "present"
"""The lexicon's kind for words that tell what goes on: 'there are', 'I see'."""
PAST: Final = "past"
"""The lexicon's kind for words that tell what was: 'there were', 'they came'."""
SEEN: Final = ("officers", "people", "vehicle", "activity", "look")
"""The lexicon's kinds of what is there to be seen."""
LONG_AGO: Final = timedelta(hours=1)
A_WHILE: Final = timedelta(minutes=15)
"""After which what is told as what was, and by no word as what goes on, is over."""
SHOWN: Final = 0.6
"""How sure, by the telling alone."""
REACH: Final = 5
"""Words between a doubt and what it is about at the most."""


def presence_said(passages: Sequence[Passage]) -> Finding[bool] | None:
    """Whether they are still there, by the caller's words: the last of them count."""
    said: list[Finding[bool]] = []
    for passage in passages:
        marks = passage.of(PRESENCE)
        for mark in marks:
            # 'They have not left' is more than the 'left' in it; 'I am still shaking' is nothing.
            part = any(
                o is not mark and o.first <= mark.first and mark.last <= o.last for o in marks
            )
            if mark.value != NOTHING and not part and not _is_doubted(passage, mark):
                said.append(
                    Finding(mark.value == "here", passage, mark.first, mark.last, CONFIDENCE)
                )
    if not said:
        return None
    last = said[-1]
    before = tuple(dict.fromkeys(each.value for each in said if each.value != last.value))
    return replace(last, before=before, confidence=CONFIDENCE - (DOUBT if before else 0))


def presence_shown(
    passages: Sequence[Passage], began: Finding[Moment] | None, at: datetime
) -> Finding[bool] | None:
    """Of a report that says nothing of it: who tells it as what goes on sees them there; what was
    long ago, and is told as what was, is over. None where it is neither."""
    if any(_is_doubted(passage, mark) for passage in passages for mark in passage.of(PRESENCE)):
        return None
    other_day = any(map(_is_of_another_day, passages))
    told = other_day or any(passage.of(PAST) for passage in passages)
    goes_on = [] if other_day else [(each, mark) for each in passages for mark in each.of(PRESENT)]
    # How long ago the latest began that it can have begun.
    ago = None if began is None else at - began.value.at - began.value.within
    if began is not None and ago is not None and told and ago > (LONG_AGO if goes_on else A_WHILE):
        return Finding(False, began.passage, began.first, began.last, SHOWN)
    if goes_on:
        passage, mark = goes_on[-1]
        return Finding(True, passage, mark.first, mark.last, SHOWN)
    if told:
        return None
    for passage in passages:
        for mark in passage.of(*SEEN):
            return Finding(True, passage, mark.first, mark.last, SHOWN)
    return None


def presence_over(passages: Sequence[Passage], *, taken: bool) -> Finding[bool] | None:
    """Of hearsay: what is told of another day, or as people who were taken, is over."""
    for passage in passages:
        past = [mark for mark in spoken(passage, "day") if not mark.value.startswith("today")]
        past += [*passage.of(PAST)] if taken else []
        if past and not passage.of("ahead"):
            return Finding(False, passage, past[0].first, past[0].last, SHOWN)
    return None


def _is_of_another_day(passage: Passage) -> bool:
    return any(not mark.value.startswith("today") for mark in spoken(passage, "day"))


def _is_doubted(passage: Passage, mark: Mark) -> bool:
    """'I do not know whether they are still there.'"""
    return any(
        0 <= mark.first - doubt.last <= REACH and not passage.parted(doubt.first, mark.first)
        for doubt in passage.of("unsure")
    )
