"""Whether and how the caller may be called back, what they have seen it with, what they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final

import phonenumbers

from reports.fields.finding import Finding
from reports.fields.marked import CONFIDENCE, findings, spoken
from reports.fields.said import Passage, Stop


class Evidence(StrEnum):
    """That the caller says there is."""

    PHOTO = "photo"
    VIDEO = "video"
    WITNESSES = "witnesses"
    """Others who saw it."""


class Need(StrEnum):
    LAWYER = "lawyer"
    FAMILY = "family"
    """Somebody was taken: where are they, what can their family do."""
    INTERPRETER = "interpreter"
    RIDE = "ride"
    FOOD = "food"
    MEDICAL = "medical"


EVIDENCE: Final = "evidence"
NEED: Final = "need"
CALL_ME: Final = "call_me"
"""The lexicon's kind, with the values `yes`, `no`, and `none`: 'my boss said don't call'."""
WHEN_TO_CALL: Final = "call_when"
"""The lexicon's kind for words that tell when to call: 'after', 'in the evening'."""
DIGIT: Final = "digit"
"""The lexicon's kind for what a digit is called only when it is dictated: 'oh'."""
WHEN_WITHIN: Final = 8
COUNTRY: Final = "US"
"""Where a number without its country is."""
DIGITS: Final = range(10, 16)
"""Of a telephone number, by E.164; fewer may be anything."""


LOCAL_DIGITS: Final = 7
"""Of a number without its area at the least."""


def evidence_said(passages: Sequence[Passage]) -> tuple[Finding[Evidence], ...]:
    return findings(passages, EVIDENCE, Evidence)


def needs_said(passages: Sequence[Passage]) -> tuple[Finding[Need], ...]:
    return findings(passages, NEED, Need)


def callback_said(passages: Sequence[Passage]) -> Finding[bool] | None:
    """Whether they may be called; a no counts more than a yes."""
    said = [
        Finding(mark.value == "yes", passage, mark.first, mark.last, CONFIDENCE)
        for passage in passages
        for mark in spoken(passage, CALL_ME)
    ]
    refused = [each for each in said if not each.value]
    return next(iter(refused or said), None)


def call_when_said(passages: Sequence[Passage]) -> Finding[str] | None:
    """When they want to be called, in their words."""
    for passage in passages:
        for call in spoken(passage, CALL_ME):
            for when in passage.of(WHEN_TO_CALL):
                if call.first < when.first <= call.last + WHEN_WITHIN and not passage.parted(
                    call.last - 1, when.first
                ):
                    last = next(
                        (
                            at + 1
                            for at in range(when.last - 1, len(passage.tokens))
                            if passage.tokens[at].stop > Stop.NONE
                        ),
                        len(passage.tokens),
                    )
                    words = passage.words(when.first, last)
                    return Finding(words, passage, when.first, last, CONFIDENCE)
    return None


def is_about_calling(passage: Passage, first: int, last: int) -> bool:
    """Whether words stand in 'call me after six', which tells no time of what was seen."""
    return any(
        call.first < first <= call.last + WHEN_WITHIN
        and not passage.parted(call.last - 1, last - 1)
        for call in spoken(passage, CALL_ME)
    )


def numbers_said(passages: Sequence[Passage]) -> list[Finding[str]]:
    """Telephone numbers that were spoken and can be called, as E.164."""
    return [
        replace(each, value=number)
        for each in dictated(passages)
        if (number := e164(each.value)) is not None
    ]


def dictated(passages: Sequence[Passage]) -> list[Finding[str]]:
    """Digits in a row, so many that they may be a telephone number, if only without its area."""
    return [each for passage in passages for each in passage.once(_dictated)]


def _dictated(passage: Passage) -> tuple[Finding[str], ...]:
    return tuple(_numbers_in(passage))


def _numbers_in(passage: Passage) -> Iterator[Finding[str]]:
    numbers = {n.first: n for n in passage.numbers if not n.is_ordinal}
    digits = passage.beginning(DIGIT)
    begins = [at for at, word in enumerate(passage.plain) if at in numbers or word.isdigit()]
    reached = 0
    for at in begins:
        if at < reached:
            continue
        first, found = at, ""
        while at < len(passage.tokens):
            token = passage.plain[at]
            if token.isdigit():
                found, at = found + token, at + 1
            elif at in numbers:
                found, at = found + numbers[at].digits, numbers[at].last
            elif found and at in digits:
                found, at = found + digits[at].value, digits[at].last
            else:
                break
        if len(found) >= LOCAL_DIGITS:
            yield Finding(found, passage, first, at, 0.7)
        reached = at


def e164(digits: str) -> str | None:
    """Digits as a number to be called, None if they are none."""
    if len(digits) not in DIGITS:
        return None
    try:
        number = phonenumbers.parse(digits, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
