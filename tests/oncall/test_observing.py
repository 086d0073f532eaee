"""Who is asked to observe, and what is written to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.briefs import Carries
from oncall.composing import Composer, parse_carries
from oncall.links import OBSERVE, AnswerLinks
from oncall.observing import (
    LONGEST,
    READS,
    BadObserverWords,
    contacts_of,
    load_observer_words,
    observers,
    same_area,
    with_safety,
)
from oncall.roster import Roster
from reports.model import Notification, NotificationKind
from reports.observing import Ask, Dispatch, ObserverAnswer, Said
from reports.people import Person, QuietHours, Reach
from reports.services.observing import Replied, Reply, meant, read_reply
from tests.oncall.test_briefs import TELLS
from tests.oncall.test_escalation import a_dossier
from tests.reader import READER

WORDS = load_observer_words(Path("prompts"), "en")
SAFETY = {
    "en": "Observe and record only. Keep your distance. Do not interfere.",
    "es": "Solo observe y documente. Mantenga la distancia. No interfiera.",
    "so": "Kaliya fiiri oo duub. Ka fogow. Ha faragelin.",
}
NIGHT = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)  # 11 PM in Minneapolis
DAY = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
CHANNELS = frozenset({"sms", "email", "voice"})
SAM = Person("sam", "Sam Berg", DAY, "ana", languages=("so", "en"), observes=True)
LUZ = Person("luz", "Luz Ortiz", DAY, "ana", languages=("es",), observes=True, areas=("Phillips",))
WAY_OFF = Person("kim", "Kim Lee", DAY, "ana", observes=True, areas=("Duluth",))
NOBODY = Person("ana", "Ana Fuentes", DAY, "ana", languages=("es",))
ANY_WORDS = st.text(max_size=2000)
CODES = st.lists(st.sampled_from(["en", "es", "so", "hmn", "vi", "xx"]), max_size=3)


def reach(person: str, channel: str = "sms", quiet: str = "") -> Reach:
    hours = QuietHours.parse(quiet) if quiet else None
    return Reach(f"{person}-{channel}", person, channel, b"sealed", f"hash-{person}", hours)


def a_roster(*reaches: Reach) -> Roster:
    people = (SAM, LUZ, WAY_OFF, NOBODY)
    given_reaches = reaches or tuple(reach(each.person_id) for each in people)
    return Roster(ZoneInfo("America/Chicago"), people, given_reaches)


def asked_whom(roster: Roster, at: datetime = DAY, stopped: str = "", **more: object) -> list[str]:
    there = observers(
        roster,
        CHANNELS,
        areas=["Phillips West", "Minneapolis"],
        languages=["es-MX"],
        opted_out={stopped},
        asked=(),
        at=at,
    )
    return [each.person.person_id for each in there if each.fits and each.can_be_asked]


# --- The sentence that nobody can take away


@given(ANY_WORDS, CODES, st.sampled_from(Carries), st.none() | st.text(max_size=200))
def test_every_request_ends_in_the_sentence_and_is_no_longer_than_it_may_be(
    words: str, codes: list[str], carries: Carries, place: str | None
) -> None:
    for link in (None, "https://line.example.org/observe/" + "x" * 76):
        sent = WORDS.request(words, codes, carries, place, link)
        safety = SAFETY[WORDS.language(codes)]
        assert sent.endswith(safety)
        assert len(sent.removesuffix(safety)) <= LONGEST + 1, "and the end of a line"


@given(CODES, st.sampled_from(sorted(set(READS) - {"by_text", "by_link", "place", "nothing"})))
def test_so_does_all_that_an_observer_is_answered(codes: list[str], text: str) -> None:
    said = WORDS.say(Replied(text, tuple(codes), 10))
    assert said.endswith(SAFETY[WORDS.language(codes)])


@given(st.integers(min_value=40, max_value=200), CODES)
def test_whoever_writes_no_more_than_the_room_is_read_to_the_end(
    longest_link: int, codes: list[str]
) -> None:
    words = "x" * (WORDS.room(longest_link) - 1) + "!"
    for link in (None, "_" * longest_link):
        sent = WORDS.request(words, codes, Carries.ALL, None, link)
        assert words in sent
        assert link is None or link in sent


def test_a_request_is_in_the_observers_language_with_how_to_answer() -> None:
    sent = WORDS.request("UNVERIFIED\nvans at Lake St", ("hmn", "es"), Carries.ALL, None, None)
    assert sent.split("\n") == [
        "UNVERIFIED",
        "vans at Lake St",
        "Responda SÍ y los minutos que tarda en llegar, o NO.",
        SAFETY["es"],
    ]


def test_a_channel_carries_no_more_than_it_may() -> None:
    link = "https://line.example.org/observe/abc"
    words = "UNVERIFIED four officers"
    place = WORDS.request(words, ("en",), Carries.PLACE, "Mercado Central", link)
    assert "four officers" not in place
    assert "Mercado Central" in place
    assert link in place
    nothing = WORDS.request(words, ("en",), Carries.NOTHING, "Mercado Central", link)
    assert not [each for each in (words, "Mercado", link) if each in nothing]


def test_what_is_sent_is_what_was_written_for_the_channel() -> None:
    composer = Composer(
        tells=TELLS,
        reader=READER,
        public_url="https://line.example.org",
        links=AnswerLinks("a secret that is long enough for this", "https://line.example.org"),
        carries=parse_carries(""),
        takes_texts=True,
    )
    body = with_safety("vans", SAFETY["en"])
    told = Notification("n1", "4821", NotificationKind.OBSERVE, "email", b"", "", body, DAY, DAY)
    assert composer(told, a_dossier()) == body


def test_a_link_to_one_page_is_none_to_another() -> None:
    secret, url = "a secret that is long enough for this", "https://line.example.org"
    observe, alert = AnswerLinks(secret, url, OBSERVE), AnswerLinks(secret, url)
    assert observe.link("abc").startswith(f"{url}/observe/abc.")
    assert observe.notification_of(observe.token("abc")) == "abc"
    assert alert.notification_of(observe.token("abc")) is None


def test_words_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadObserverWords, match=r"en/observers\.toml: is missing"):
        load_observer_words(tmp_path, "en")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "observers.toml").write_text('[reads]\nby_text = "x"\n', encoding="utf-8")
    with pytest.raises(BadObserverWords) as bad:
        load_observer_words(tmp_path, "en")
    assert "safety is missing" in str(bad.value)
    assert "[writes] coming is missing" in str(bad.value)


# --- Who can be asked


def test_those_of_the_area_and_language_come_first() -> None:
    assert asked_whom(a_roster()) == ["luz"], (
        "Sam speaks no Spanish, Kim is far off, Ana observes not"
    )


def test_who_names_no_area_or_language_fits_any() -> None:
    roster = replace(a_roster(), people=(replace(SAM, languages=()),))
    assert asked_whom(roster) == ["sam"]


def test_who_wrote_stop_or_sleeps_or_is_only_rung_is_shown_and_not_asked() -> None:
    assert asked_whom(a_roster(), stopped="hash-luz") == []
    assert asked_whom(a_roster(reach("luz", quiet="22:00-06:30")), at=NIGHT) == []
    assert asked_whom(a_roster(reach("luz", quiet="22:00-06:30")), at=DAY) == ["luz"]
    assert asked_whom(a_roster(reach("luz", "voice"))) == []
    both = a_roster(reach("luz"), reach("luz", "email"))
    assert asked_whom(both, stopped="hash-luz") == ["luz"]
    (contact,) = contacts_of("luz", both, CHANNELS, {"hash-luz"}, DAY)
    assert contact.channel == "email"


def test_who_is_asked_already_is_not_asked_again_until_it_is_over() -> None:
    dispatch = Dispatch("p", 1, "4821", "words", "ana", DAY, (Ask("a", 1, "luz"),), (), 1)

    def luz(at: datetime) -> bool:
        there = observers(
            a_roster(),
            CHANNELS,
            areas=["Phillips"],
            languages=[],
            opted_out=(),
            asked=[dispatch],
            at=at,
        )
        return next(each.can_be_asked for each in there if each.person.person_id == "luz")

    assert not luz(DAY)
    assert luz(DAY + timedelta(days=2))


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_areas_are_alike_whichever_is_named_first(one: str, other: str) -> None:
    assert same_area(one, other) == same_area(other, one)


# --- What they answer


@pytest.mark.parametrize(
    ("body", "said", "minutes"),
    [
        ("YES 10", Said.COMING, 10),
        ("yes, in about 10 minutes", Said.COMING, 10),
        ("sí 15", Said.COMING, 15),
        ("Voy, en 15 min", Said.COMING, 15),
        ("haa 10", Said.COMING, 10),
        ("10", Said.COMING, 10),
        ("10min", Said.COMING, 10),
        ("Yes", Said.COMING, None),
        ("NO", Said.NOT_COMING, None),
        ("no puedo", Said.NOT_COMING, None),
        ("Maya.", Said.NOT_COMING, None),
        ("HERE", Said.HERE, None),
        ("on scene!", Said.HERE, None),
        ("¡Aquí!", Said.HERE, None),
        ("waan joogaa", Said.HERE, None),
        ("DONE", Said.DONE, None),
        ("ya me voy", Said.DONE, None),
    ],
)
def test_answers_are_understood_in_each_language(
    body: str, said: Said, minutes: int | None
) -> None:
    assert read_reply(body, WORDS.writes) == Reply(said, minutes)


@pytest.mark.parametrize(
    "body",
    [
        "yes no",
        "no 10",
        "here 10",
        "yes 10 20",
        "4 vans",
        "10 vans",
        "3821 Lake",
        "900",
        "",
        "yes they are here, four of them in vests, and they have stopped two cars at the light",
    ],
)
def test_what_tells_something_is_no_answer(body: str) -> None:
    assert read_reply(body, WORDS.writes) is None


@given(st.text(max_size=100))
def test_minutes_are_never_more_than_anybody_needs(body: str) -> None:
    reply = read_reply(body, WORDS.writes)
    assert reply is None or reply.minutes is None or 0 <= reply.minutes <= 240


def a_request(number: int, *said: Said, at: datetime = DAY) -> tuple[Dispatch, Ask]:
    answers = tuple(ObserverAnswer(f"a{number}", at, each) for each in said)
    ask = Ask(f"a{number}", number, "luz", answers)
    return Dispatch(f"p{number}", number, "4821", "", "ana", at, (ask,), (), number), ask


def test_an_answer_belongs_to_the_request_that_it_fits() -> None:
    new, old = a_request(2), a_request(1, Said.COMING)
    assert meant([new, old], Reply(Said.COMING, 5), DAY) == new
    assert meant([new, old], Reply(Said.HERE), DAY) == old
    assert meant([old], Reply(Said.NOT_COMING), DAY) == old, "who came may not come after all"


def test_a_day_later_nobody_answers_a_request_any_more() -> None:
    dispatch, ask = a_request(1, Said.COMING)
    assert dispatch.is_open(DAY + timedelta(hours=24))
    late = DAY + timedelta(hours=25)
    assert not dispatch.is_open(late)
    assert not dispatch.takes(ask, late)
