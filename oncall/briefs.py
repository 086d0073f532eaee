"""A report in the few words of a text message. Pure; the words themselves stand in `tells.toml`.

What leaves here is read on lock screens and kept by telephone companies: no number of the caller,
no name, and 'unverified' first until a person has said otherwise.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from reports.fields import family_taken, report_fields
from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.priority import Priority
from reports.fields.private import CERTAIN, Private
from reports.fields.reading import Reading
from reports.fields.understood import Understanding
from reports.model import (
    AttachmentState,
    Dossier,
    Medium,
    NotificationKind,
    RecordingState,
    ReportFields,
    Tier,
    Verdict,
)
from reports.questions import PERSON, WHERE
from reports.services.answers import AnswerWords

WORDS = (
    "separator",
    "rehearsal",
    "unverified",
    "update",
    "addition",
    "reminder",
    "unanswered",
    "taken_up",
    "corroborated",
    "confirmed",
    "false_alarm",
    "not_enforcement",
    "unable_to_verify",
    "bundle",
    "bundle_at",
    "bundle_elsewhere",
    "family_taken",
    "asked_for_person",
    "talked_to_person",
    "happening_now",
    "happened_earlier",
    "when_unknown",
    "text_message",
    "called_ago",
    "language_unknown",
    "officers",
    "one_officer",
    "officers_unknown",
    "officers_between",
    "officers_many",
    "one_taken",
    "taken",
    "taken_between",
    "at",
    "p1",
    "still_there",
    "left",
    "place",
    "place_needs_listener",
    "place_no_speech",
    "place_failed",
    "hidden_number",
    "reference",
    "whisper",
)
CALL = (
    "greeting",
    "reference",
    "look_at_desk",
    "keys",
    "no_recording",
    "you_have",
    "others_have",
    "passed_on",
    "closed",
    "goodbye",
    "test",
)
"""What is said to who is rung about a report: see `ivr.alert_call`."""
ANSWERS = (
    "have_it",
    "pass_on",
    "by_text",
    "by_link",
    "you_have",
    "others_have",
    "passed_on",
    "closed",
)
DESK = (
    "pin",
    "not_the_pin",
    "waiting",
    "none",
    "minutes_ago",
    "hours_ago",
    "one_picture",
    "pictures",
    "key_1",
    "key_2",
    "key_3",
    "key_4",
    "key_5",
    "key_6",
    "key_8",
    "key_9",
    "key_0",
    "star",
    "wrong_key",
    "not_yours",
    "first",
    "last",
    "recording",
    "written",
    "no_recording",
    "heard_all",
    "verdicts",
    "judged",
    "undone",
    "no_number",
    "calling",
    "call_over",
    "not_reached",
    "note",
    "note_kept",
    "nothing_heard",
    "not_now",
    "goodbye",
)
"""What organizers hear who work by telephone alone: see `ivr.phone_desk`."""
ELSEWHERE = ("title", "look_at_desk", "place_unknown", "test")
STUDIO = (
    "pin",
    "pin_wrong",
    "language",
    "no_such_language",
    "prompt",
    "review",
    "kept",
    "complete",
    "goodbye",
    "nothing_heard",
    "silent",
    "faint",
    "clipped",
    "noisy",
    "too_short",
    "too_long",
    "not_audio",
    "not_had",
)
"""What organizers hear who record prompts by telephone: see `ivr.recording_studio`."""
LATE = timedelta(minutes=10)
"""From when on a text says how long ago the call was: the line was down, or a webhook lost."""
UNTOLD = frozenset([Private.NAME, Private.PLATE, Private.STATUS])
"""What no text message says, though the caller did."""
MANY_MINUTES = 120
"""From then on hours are said."""
LONGEST_PLACE = 120
"""Characters of the caller's words in a text; the page has them all."""
_SAID_OF = frozenset(
    [
        NotificationKind.UPDATE,
        NotificationKind.ADDITION,
        NotificationKind.REMINDER,
        NotificationKind.CORROBORATED,
    ]
)
"""Kinds whose own words stand in the message."""
MOST_PLACES = 3
"""Named in one message about several reports."""
_SPOKEN_NUMBER = re.compile(r"\+?\d(?:[\s().,-]*\d){6,}")
"""Seven digits or more, however they are set apart: a telephone number, somebody's."""


class BadTells(ValueError):
    """`tells.toml` cannot be used. `str()` lists everything that is missing."""


@dataclass(frozen=True, slots=True)
class Tells:
    """The words that organizers are told things in."""

    words: Mapping[str, str]
    languages: Mapping[str, str]
    """The callers' languages by code, as organizers call them."""
    questions: Mapping[str, str]
    """The script's questions by id, in a word or two."""
    studio: Mapping[str, str]
    """What is said to who records prompts by telephone."""
    call: Mapping[str, str]
    """What is said to who is rung about a report."""
    answers: Mapping[str, str]
    """How an alert may be answered, and what is answered in return."""
    answer_words: AnswerWords
    elsewhere: Mapping[str, str]
    """What channels say that are to say nothing of a report, or only its place."""
    desk: Mapping[str, str]
    """What is said to who works by telephone alone."""


class Carries(StrEnum):
    """What of a report a channel may be given."""

    ALL = "all"
    """The brief."""
    PLACE = "place"
    """Its reference, and the place by its name."""
    NOTHING = "nothing"
    """That there is something to look at."""


def load_tells(prompts: Path, language: str) -> Tells:
    """Reads `prompts/<language>/tells.toml`.

    Raises:
        BadTells
    """
    path = prompts / language / "tells.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadTells(f"{path}: is missing") from None
    except tomllib.TOMLDecodeError as error:
        raise BadTells(f"{path}: {error}") from None
    wanted = {
        "alert": WORDS,
        "studio": STUDIO,
        "call": CALL,
        "answers": ANSWERS,
        "elsewhere": ELSEWHERE,
        "desk": DESK,
    }
    missing = [
        f"{path}: [{section}] {name} is missing"
        for section, names in wanted.items()
        for name in names
        if not table.get(section, {}).get(name)
    ]
    if missing:
        raise BadTells("\n".join(missing))
    answers = table["answers"]
    return Tells(
        table["alert"],
        table.get("languages", {}),
        table.get("questions", {}),
        table["studio"],
        table["call"],
        {name: words for name, words in answers.items() if isinstance(words, str)},
        AnswerWords(frozenset(answers["have_it"]), frozenset(answers["pass_on"])),
        table["elsewhere"],
        table["desk"],
    )


def brief(
    dossier: Dossier,
    kind: NotificationKind,
    tells: Tells,
    public_url: str,
    reading: Reading,
    *,
    tier: Tier | None = None,
    about: str = "",
) -> str:
    """The text of a message, such as
    'UNVERIFIED · happening now · Spanish · 4 officers · still there · ref 4821 · https://…/r/4821'.

    `reading`: what is understood of the report's words. Of a place it has what the gazetteer calls
    it, of people only how many. `tier`: as which somebody is asked; who is asked later than others
    is told so, and reads the place in the first message. `about`: the name of who has it.
    """
    reference = dossier.report.reference
    parts = _said(dossier, kind, tells, reading, tier, about)
    parts.append(tells.words["reference"].format(reference=reference))
    parts.append(f"{public_url}/r/{reference}")
    return tells.words["separator"].join(parts)


def carried(
    carries: Carries,
    dossier: Dossier,
    kind: NotificationKind,
    tells: Tells,
    public_url: str,
    reading: Reading,
) -> str:
    """What a channel is given that may carry so much."""
    match carries:
        case Carries.ALL:
            return brief(dossier, kind, tells, public_url, reading)
        case Carries.PLACE:
            reference = dossier.report.reference
            parts = [*_place_alone(dossier, tells, reading)]
            parts.append(tells.words["reference"].format(reference=reference))
            parts.append(f"{public_url}/r/{reference}")
            return tells.words["separator"].join(parts)
        case Carries.NOTHING:
            look = tells.elsewhere["look_at_desk"].format(link=f"{public_url}/")
            return tells.words["separator"].join([*_rehearsed(dossier, tells), look])


def spoken(
    carries: Carries, dossier: Dossier, kind: NotificationKind, tells: Tells, reading: Reading
) -> str:
    """The same for the ear: no address, and the reference digit by digit."""
    if carries is Carries.NOTHING:
        return tells.call["look_at_desk"]
    parts = (
        _said(dossier, kind, tells, reading)
        if carries is Carries.ALL
        else [*_place_alone(dossier, tells, reading)]
    )
    return _for_the_ear(parts, dossier, tells)


def read_out(
    dossier: Dossier, tells: Tells, reading: Reading, *, at: datetime, holder: str | None
) -> str:
    """A report for the ear of somebody at the desk: with its place, how long ago it came in, how
    many pictures came with it, and the name of who has it."""
    minutes = (at - dossier.report.filed_at) // timedelta(minutes=1)
    ago = tells.desk["minutes_ago"].format(minutes=minutes)
    if minutes >= MANY_MINUTES:
        ago = tells.desk["hours_ago"].format(hours=minutes // 60)
    parts = []
    if dossier.verdict is not Verdict.UNVERIFIED:
        parts.append(tells.words[dossier.verdict])
    parts += _said(dossier, NotificationKind.ALERT, tells, reading, with_place=True)
    parts.append(ago)
    parts += _pictures(dossier, tells)
    if holder is not None:
        parts.append(tells.words["taken_up"].format(name=holder))
    return _for_the_ear(parts, dossier, tells)


def _pictures(dossier: Dossier, tells: Tells) -> Iterator[str]:
    """Those that can be looked at, or soon can."""
    count = sum(
        each.is_picture and each.state in (AttachmentState.ANNOUNCED, AttachmentState.STORED)
        for each in dossier.attachments
    )
    if count == 1:
        yield tells.desk["one_picture"]
    elif count:
        yield tells.desk["pictures"].format(count=count)


def _for_the_ear(parts: Sequence[str], dossier: Dossier, tells: Tells) -> str:
    reference = tells.call["reference"].format(reference=by_digits(dossier.report.reference))
    # A voice pauses at a full stop, and spells what is all capitals.
    return " ".join(
        [
            *(
                f"{part.capitalize()}." if part.isupper() and len(part) > 3 else f"{part}."
                for part in parts
            ),
            reference,
        ]
    )


def by_digits(reference: str) -> str:
    """'4821' -> '4, 8, 2, 1'."""
    return ", ".join(reference)


def _rehearsed(dossier: Dossier, tells: Tells) -> list[str]:
    """Before anything else: nobody called."""
    return [tells.words["rehearsal"]] if dossier.is_rehearsal else []


def _place_alone(dossier: Dossier, tells: Tells, reading: Reading) -> Iterator[str]:
    yield from _rehearsed(dossier, tells)
    if dossier.verdict is Verdict.UNVERIFIED:
        yield tells.words["unverified"]
    place = [*_known_place(reading.understanding, tells.words)]
    yield from place or [tells.elsewhere["place_unknown"]]


def _said(
    dossier: Dossier,
    kind: NotificationKind,
    tells: Tells,
    reading: Reading,
    tier: Tier | None = None,
    about: str = "",
    *,
    with_place: bool = False,
) -> list[str]:
    """The parts of a message but its reference."""
    fields = report_fields(dossier)
    understood = reading.understanding
    words = tells.words
    parts = _rehearsed(dossier, tells)
    if dossier.verdict is Verdict.UNVERIFIED:
        parts.append(words["unverified"])
    if reading.rank.priority is Priority.P1:
        parts.append(words["p1"])
    written = dossier.call.medium is Medium.TEXT
    asked_later = kind is NotificationKind.ALERT and tier not in (None, Tier.FIRST)
    if asked_later:
        parts.append(words["unanswered"])
    elif kind is NotificationKind.TAKEN_UP:
        parts.append(words["taken_up"].format(name=about))
    elif kind is NotificationKind.VERDICT:
        parts.append(words[dossier.verdict])
    elif kind in _SAID_OF:
        parts.append(words[kind])
    if written:
        # Its words may name people, and an alert is read on lock screens: they stand on the page.
        parts.append(words["text_message"])
    elif kind is NotificationKind.UPDATE or asked_later or with_place:
        parts.extend(_place(dossier, fields, understood, words))
    parts.extend(_known_place(understood, words))
    if not written:
        parts.append(_when(dossier, fields, words))
    parts.extend(_late(dossier, words))
    parts.append(_language(dossier.call.language, tells))
    if dossier.bridges:
        parts.append(words["talked_to_person"])
    elif dossier.call.answer(PERSON) is not None:
        parts.append(words["asked_for_person"])
    parts.extend(_officers(fields, understood, words))
    parts.extend(_taken(understood, words))
    still_there = understood.still_there.value
    if still_there is not None:
        parts.append(words["still_there"] if still_there else words["left"])
    return parts


def bundle_brief(places: Mapping[str | None, int], tells: Tells, public_url: str) -> str:
    """'UNVERIFIED · 12 more about E Lake St & Bloomington Ave · 3 more elsewhere · https://…/'.

    `places`: how many reports are of each; None: of no place that is known alone.
    """
    words = tells.words
    named = sorted(
        ((name, count) for name, count in places.items() if name is not None),
        key=lambda each: (-each[1], each[0]),
    )[:MOST_PLACES]
    elsewhere = sum(places.values()) - sum(count for _, count in named)
    parts = [words["unverified"]]
    parts += [words["bundle_at"].format(count=count, name=name) for name, count in named]
    if elsewhere:
        parts.append(words["bundle_elsewhere" if named else "bundle"].format(count=elsewhere))
    parts.append(f"{public_url}/")
    return words["separator"].join(parts)


def whispered(tells: Tells, language: str | None) -> str:
    """What somebody hears who is rung for a caller of that language."""
    return tells.words["whisper"].format(language=_language(language, tells))


def without_numbers(text: str, instead: str) -> str:
    """The text with every telephone number in it hidden."""
    return _SPOKEN_NUMBER.sub(lambda _: instead, text)


def _place(
    dossier: Dossier, fields: ReportFields, understood: Understanding, words: Mapping[str, str]
) -> Iterator[str]:
    """In the caller's words; where these hold what is not to be on a lock screen, only those that
    name the place."""
    if understood.location.is_settled:
        return  # a person says which place it is, and `_known_place` says it
    location = understood.location.said
    is_private = any(
        each.passage.question == WHERE
        and each.confidence >= CERTAIN
        and (each.value in UNTOLD or _is_number_in_words(each))
        for each in understood.private
    )
    said = fields.place.value
    if said is not None and is_private:
        said = None if location is None else location.words
    if said is not None:
        yield words["place"].format(place=_shown(said, words))
        return
    recording = dossier.recording(WHERE)
    state = None if recording is None else recording.state
    if state is RecordingState.NO_SPEECH:
        yield words["place_no_speech"]
    elif state is RecordingState.FAILED:
        yield words["place_failed"]
    else:
        yield words["place_needs_listener"]


def _is_number_in_words(private: Finding[Private]) -> bool:
    """A telephone number in words, 'six one two …': its shape does not tell it."""
    left = without_numbers(private.words, "")
    return private.value is Private.NUMBER and any(letter.isalnum() for letter in left)


def _shown(said: str, words: Mapping[str, str]) -> str:
    """Without numbers, and not too long."""
    shown = without_numbers(said, words["hidden_number"])
    return shown if len(shown) <= LONGEST_PLACE else shown[: LONGEST_PLACE - 1].rstrip() + "…"


def _when(dossier: Dossier, fields: ReportFields, words: Mapping[str, str]) -> str:
    if family_taken(dossier.call):
        return words["family_taken"]
    if fields.happening_now.value is None:
        return words["when_unknown"]
    return words["happening_now"] if fields.happening_now.value else words["happened_earlier"]


def _late(dossier: Dossier, words: Mapping[str, str]) -> Iterator[str]:
    """'Happening now' was true when they called, and nobody should set out for it an hour later
    unknowing."""
    late = dossier.report.filed_at - dossier.call.started_at
    if late >= LATE:
        yield words["called_ago"].format(minutes=late // timedelta(minutes=1))


def _language(code: str | None, tells: Tells) -> str:
    return tells.words["language_unknown"] if code is None else tells.languages.get(code, code)


def _known_place(understood: Understanding, words: Mapping[str, str]) -> Iterator[str]:
    """Only where one alone is meant."""
    location = understood.location.value
    if location is not None and len(location.candidates) == 1:
        yield words["at"].format(name=location.candidates[0].name)
    elif location is not None and understood.location.is_settled:
        name = location.area or location.landmark or location.words
        yield words["at"].format(name=_shown(name, words))


def _officers(
    fields: ReportFields, understood: Understanding, words: Mapping[str, str]
) -> Iterator[str]:
    """Nothing while not asked yet; 'not known' once the caller said so."""
    if understood.officers.settled is not None:
        for count in understood.officers.standing:
            yield from _count(count, words, "officer")
    elif fields.officers.value is not None:
        yield from _count(Count(fields.officers.value, fields.officers.value), words, "officer")
    elif understood.officers.said is not None:
        yield from _count(understood.officers.said.value, words, "officer")
    elif fields.officers.source is not None:
        yield words["officers_unknown"]


def _taken(understood: Understanding, words: Mapping[str, str]) -> Iterator[str]:
    if understood.detained is not None:
        yield from _count(understood.detained.value, words, "taken")


def _count(count: Count, words: Mapping[str, str], what: str) -> Iterator[str]:
    several = {"officer": "officers"}.get(what, what)
    if count.low is None or count.high is None:
        many = words.get(f"{several}_many")
        if many is not None:
            yield many
    elif count.low != count.high:
        yield words[f"{several}_between"].format(low=count.low, high=count.high)
    elif count.low == 1:
        yield words[f"one_{what}"]
    else:
        yield words[several].format(count=count.low)
