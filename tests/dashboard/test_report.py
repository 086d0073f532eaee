"""The page of one report: what it says and how it knows, and what organizers do on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from reports.model import Handling, Key, Level, RecordingState, Sound, Span, Verdict
from reports.ports import Job
from tests.dashboard.conftest import Browser, QueueInMemory
from tests.dashboard.stories import CALLER, Stories, mu_law_wave, segment


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def as_read(page: str) -> str:
    """The page with its words not wrapped one by one, as the player has them."""
    return re.sub(r'<span class="w"[^>]*>([^<]*)</span>', r"\1", page)


def part(page: str, element_id: str) -> str:
    """The words of one section."""
    found = re.search(rf'<section id="{element_id}".*?</section>', page, re.DOTALL)
    assert found is not None
    return words_of(found[0])


# --- What it says


def test_each_fact_stands_with_where_it_comes_from(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page = ana.get("/r/4821").text
    facts = part(page, "facts")
    assert "Happening now key 1 at “When”" in facts
    assert "Officers 4 key 4 at “Officers”" in facts
    assert "Seen at 6:37 AM time of the call" in facts
    assert (
        "Esquina de la calle Orchard y la Quinta, en la lavandería. Hear it : Where 0:00–0:04"
        in facts
    )
    assert 'href="/r/4821/audio/RE4821where#t=0.4,4.2"' in page, "plays without script too"


def test_what_is_not_known_says_why(ana: Browser, stories: Stories) -> None:
    stories.hmong_needs_a_listener("5590")
    facts = part(ana.get("/r/5590").text, "facts")
    assert "Officers does not know key * at “Officers”" in facts
    assert "Where needs a listener (no machine here knows this language) Listen" in facts
    assert "What not asked" in facts
    stories.english_earlier("3107")
    facts = part(ana.get("/r/3107").text, "facts")
    assert "Officers asked, no answer" in facts
    assert "Still there not asked" in facts


def test_a_slip_of_the_finger_is_shown_and_not_believed(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"officers": "3*", "when": "7"})
    facts = part(ana.get("/r/1001").text, "facts")
    assert "Officers not understood key 3* at “Officers”" in facts
    assert "When: not understood key 7 at “When”" in facts


def test_unverified_stands_large_until_a_named_person_confirms(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    page = ana.get("/r/4821").text
    assert '<p class="verdict unverified"><strong>Unverified</strong>' in page
    ana.acts("4821", "verdict", to="unable_to_verify")
    page = words_of(ana.get("/r/4821").text)
    assert "Unverified Unable to verify, says Ana Fuentes." in page
    ana.acts("4821", "verdict", to="confirmed")
    page = ana.get("/r/4821").text
    assert "<strong>Confirmed</strong> by Ana Fuentes" in page
    assert "verdict unverified" not in page


def test_unsure_words_are_marked_for_eyes_and_ears(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page = ana.get("/r/4821").text
    marked = re.findall(
        r"<mark[^>]*>(\w+\.?)<span class=\"visually-hidden\" lang=\"en\">([^<]+)", page
    )
    assert marked == [("sale.", " (unsure)")]
    assert re.search(r">que</span> <mark[^>]*>sale\.", page), "spaces stand outside the mark"


def test_words_of_a_language_without_spaces_are_not_torn_apart(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, language="zh", keys={"when": "1"})
    heard = segment("x y", 0, 2)
    together = type(heard)(
        **{
            **{name: getattr(heard, name) for name in heard.__slots__},
            "words": tuple(
                type(word)(text, word.start, word.end, word.probability)
                for word, text in zip(heard.words, ("街", "角"), strict=True)
            ),
        }
    )
    stories.recording("1001", "where", heard=[together], language="zh")
    assert "街角" in as_read(ana.get("/r/1001").text)


def test_an_engine_that_times_no_words_still_shows_its_text(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    heard = segment("By the old mill.", 0, 2)
    plain = type(heard)(heard.text, 0, 2, (), -0.1, 0.0, 1.0)
    stories.recording("1001", "where", heard=[plain])
    assert "By the old mill." in part(ana.get("/r/1001").text, "tapes")


def test_what_is_not_believed_is_struck_out_and_says_why(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    invented = replace(segment("Thanks for watching", 3, 5), struck="no voice under it")
    stories.recording("1001", "where", heard=[segment("By the old mill.", 0, 2), invented])
    page = as_read(ana.get("/r/1001").text)
    assert re.search(r"<s>Thanks for watching</s> .*Not believed: no voice under it\.", page)
    assert "Thanks" not in part(page, "facts")


def test_how_likely_the_words_are_right_is_said(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", heard=[segment("four four four mill", 0, 2, ["mill"])])
    assert "Likely 8 words in 10 are right." in words_of(ana.get("/r/1001").text)


def test_english_stands_beside_the_callers_words_and_says_what_it_is(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, language="es", keys={"when": "1"})
    stories.recording(
        "1001", "where", heard=[segment("la esquina", 0, 2)], language="es", english="the corner"
    )
    page = ana.get("/r/1001").text
    assert "In English, by a machine" in page
    assert part(page, "tapes").index("la esquina") < part(page, "tapes").index("the corner")
    assert "the corner" not in part(page, "facts")


def test_how_it_sounds_is_told_in_plain_words(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    sound = Sound(
        level=Level(-30.0, -51.0),
        clipped=0.03,
        noise=-55.0,
        snr=4.0,
        speech_seconds=2.25,
        keys=(Key(Span(7.4, 7.5), "#"),),
        beeps=(Span(0.0, 0.5),),
    )
    stories.recording("1001", "where", sound=sound, heard=[segment("the mill", 0, 2)])
    told = part(ana.get("/r/1001").text, "tapes")
    for words in ("Much noise.", "Distorted", "Very quiet", "# at 0:07", "4 dB"):
        assert words in told, words


def test_a_recording_that_sounds_like_another_language_says_so(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", heard=[segment("the mill", 0, 2)], detected=("es", 0.93))
    assert "It sounds like Spanish (93%), and was heard as English." in words_of(
        ana.get("/r/1001").text
    )
    stories.call("1002", 1, keys={"when": "1"})
    stories.recording("1002", "where", heard=[segment("the mill", 0, 2)], detected=("en", 0.93))
    assert "It sounds like" not in ana.get("/r/1002").text


def test_words_are_corrected_and_every_version_stays(
    ana: Browser, stories: Stories, queue: QueueInMemory
) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    sid = stories.recording("1001", "where", heard=[segment("By the old bill.", 0, 2)])
    of = re.search(r'name="of" value="(\d+)"', ana.get("/r/1001").text)
    assert of is not None
    answer = ana.acts("1001", f"audio/{sid}/words", text="By the old mill.", of=of[1])
    assert answer.status_code == 303
    page = ana.get("/r/1001").text
    assert "Your words are kept" in page
    assert "By the old mill." in part(page, "facts")
    tapes = part(page, "tapes")
    assert "Written down by Ana Fuentes" in tapes
    assert "Other versions (1)" in tapes
    assert "By the old bill." in tapes
    assert "Ana Fuentes corrected the words of a recording" in words_of(page)


def test_an_empty_correction_is_answered_with_what_to_do(ana: Browser, stories: Stories) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    sid = stories.recording("1001", "where", heard=[segment("By the old bill.", 0, 2)])
    ana.acts("1001", f"audio/{sid}/words", text="  ")
    assert "write down what is said" in ana.get("/r/1001").text
    assert ana.acts("1001", f"audio/{sid}/words", text="x", of="999").status_code == 404


def test_what_no_machine_can_write_is_written_down_here(ana: Browser, stories: Stories) -> None:
    stories.hmong_needs_a_listener("5590")
    page = ana.get("/r/5590").text
    assert "Write down what is said" in page
    ana.acts("5590", "audio/RE5590where/words", text="Nyob ze lub khw")
    assert "Nyob ze lub khw" in part(ana.get("/r/5590").text, "facts")


def test_a_recording_in_another_language_is_written_out_again(
    ana: Browser, stories: Stories, queue: QueueInMemory
) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    sid = stories.recording("1001", "where", heard=[segment("they squeeze", 0, 2)])
    page = ana.get("/r/1001").text
    offered = re.findall(r'<option value="(en|es)">', page)
    assert offered == ["es"], "not the one that it was heard in"
    assert ana.acts("1001", f"audio/{sid}/language", language="hmn").status_code == 400
    assert ana.acts("1001", f"audio/{sid}/language", language="es").status_code == 303
    assert queue.asked == [(Job.TRANSCRIBE_RECORDING, sid)]
    page = ana.get("/r/1001").text
    assert "Correct the words" not in page, "a machine is at work on it"
    assert "had a recording written out as Spanish" in words_of(page)


def test_everything_that_happened_stands_in_order_the_last_first(
    ana: Browser, stories: Stories
) -> None:
    stories.closed_false_alarm("2296")
    told = part(ana.get("/r/2296").text, "timeline")
    story = [
        "Ana Fuentes: New → Closed",
        "Ana Fuentes: Unverified → False alarm",
        "“What”: nothing heard: silence",
        "“Where”: audio could not be had: the provider does not have it",
        "Alert delivered by sms",
        "Alert sent by sms",
        "Report 2296 was filed",
        "The caller rang",
    ]
    places = [told.index(words) for words in story]
    assert places == sorted(places)


# --- What is done with it


@pytest.mark.parametrize("to", [Handling.ACKNOWLEDGED, Handling.IN_REVIEW, Handling.CLOSED])
def test_a_report_is_handled_and_it_can_be_undone(
    ana: Browser, stories: Stories, to: Handling
) -> None:
    stories.spanish_happening_now("4821")
    answer = ana.acts("4821", "handling", to=to.value)
    assert (answer.status_code, answer.location) == (303, "/r/4821")
    with stories.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    assert dossier.report.handling is to
    assert (dossier.acts[-1].who, dossier.acts[-1].before) == ("ana", "new")
    page = ana.get("/r/4821").text
    assert "It was: New" in page
    assert re.search(r'name="to" value="new" id="undo"', page)
    ana.acts("4821", "handling", to="new")
    with stories.store.read() as records:
        report = records.report("4821")
    assert report is not None
    assert report.handling is Handling.NEW


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict != "unverified"])
def test_a_verdict_is_given_and_it_can_be_taken_back(
    ana: Browser, stories: Stories, verdict: Verdict
) -> None:
    stories.spanish_happening_now("4821")
    ana.acts("4821", "verdict", to=verdict.value)
    page = ana.get("/r/4821").text
    assert 'name="to" value="unverified" id="undo"' in page
    assert "It was: Unverified" in page
    assert "It was" not in ana.get("/r/4821").text, "said once"
    ana.acts("4821", "verdict", to="unverified")
    with stories.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    assert dossier.report.verdict is Verdict.UNVERIFIED
    assert [act.after for act in dossier.acts] == [verdict, "unverified"]


def test_pressing_twice_is_pressing_once(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    ana.acts("4821", "verdict", to="confirmed")
    ana.acts("4821", "verdict", to="confirmed")
    with stories.store.read() as records:
        dossier = records.dossier("4821")
    assert dossier is not None
    assert len(dossier.acts) == 1


@pytest.mark.parametrize("form", [{}, {"to": "deleted"}, {"to": "confirmed"}])
def test_a_state_that_there_is_not_is_refused(
    ana: Browser, stories: Stories, form: dict[str, str]
) -> None:
    stories.spanish_happening_now("4821")
    assert ana.acts("4821", "handling", **form).status_code == 400


def test_a_report_that_there_is_not_cannot_be_judged(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    answer = ana.sends("/r/0000/verdict", from_page="/r/4821", to="confirmed")
    assert answer.status_code == 404


def test_another_try_is_asked_for_where_a_machine_failed(
    ana: Browser, stories: Stories, queue: QueueInMemory
) -> None:
    stories.hmong_needs_a_listener("5590")
    assert "Try again" in ana.get("/r/5590").text
    answer = ana.acts("5590", "audio/RE5590where/again")
    assert answer.status_code == 303
    assert queue.asked == [(Job.TRANSCRIBE_RECORDING, "RE5590where")]
    page = ana.get("/r/5590").text
    assert "Trying again" in page
    assert "again-RE5590where" not in page
    ana.acts("5590", "audio/RE5590where/again")
    assert "nothing to try again" in ana.get("/r/5590").text


def test_another_try_at_a_recording_of_another_report_is_refused(
    ana: Browser, stories: Stories, queue: QueueInMemory
) -> None:
    stories.whole_morning()
    assert ana.acts("4821", "audio/RE5590where/again").status_code == 404
    assert queue.asked == []


# --- Calling back


def test_the_number_is_shown_when_asked_for_if_the_caller_allowed_it(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    assert CALLER[-7:] not in ana.get("/r/4821").text
    shown = ana.acts("4821", "number")
    assert shown.status_code == 200
    assert CALLER in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in shown.headers, "kept nowhere"
    assert CALLER[-7:] not in ana.get("/r/4821").text
    assert CALLER[-7:] not in ana.get("/r/4821/part").text


def test_coming_back_to_a_shown_number_shows_none(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    assert ana.get("/r/4821/number").location == "/r/4821"


@pytest.mark.parametrize("reference", ["5590", "3107", "6644", "7718"])
def test_without_a_plain_yes_the_number_is_never_shown(
    ana: Browser, stories: Stories, reference: str
) -> None:
    stories.whole_morning()
    assert "act-number" not in ana.get(f"/r/{reference}").text
    answer = ana.acts(reference, "number")
    assert answer.status_code == 403
    assert CALLER[-7:] not in answer.text


def test_no_log_tells_the_number(
    ana: Browser, stories: Stories, caplog: pytest.LogCaptureFixture
) -> None:
    stories.spanish_happening_now("4821")
    with caplog.at_level("DEBUG"):
        ana.acts("4821", "number")
    assert CALLER[-7:] not in caplog.text


def test_who_was_shown_a_number_stands_in_the_timeline(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    assert "was shown the caller" not in ana.get("/r/4821").text
    ana.acts("4821", "number")
    assert "Ana Fuentes was shown the caller" in ana.get("/r/4821").text


# --- Audio


def test_audio_is_played_in_a_form_that_browsers_know(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    answer = ana.get("/r/4821/audio/RE4821where")
    assert answer.status_code == 200
    assert answer.mimetype == "audio/wav"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.data[:4] == b"RIFF"
    assert int.from_bytes(answer.data[20:22], "little") == 1, "plain PCM"


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [("bytes=0-", 0, None), ("bytes=100-199", 100, 199), ("bytes=-50", -50, None)],
)
def test_a_part_of_the_audio_can_be_asked_for(
    ana: Browser, stories: Stories, wanted: str, first: int, last: int | None
) -> None:
    stories.spanish_happening_now("4821")
    whole = ana.get("/r/4821/audio/RE4821where").data
    part = ana.get("/r/4821/audio/RE4821where", Range=wanted)
    expected = whole[first : None if last is None else last + 1]
    start = len(whole) + first if first < 0 else first
    assert part.status_code == 206
    assert part.data == expected
    assert (
        part.headers["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(whole)}"
    )


def test_a_part_beyond_the_end_is_refused(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    length = len(ana.get("/r/4821/audio/RE4821where").data)
    answer = ana.get("/r/4821/audio/RE4821where", Range=f"bytes={length}-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{length}"


def test_the_original_can_be_downloaded_with_its_hash_beside_it(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    answer = ana.get("/r/4821/audio/RE4821where/original")
    assert answer.data == mu_law_wave()
    assert "attachment; filename=4821-where-" in answer.headers["Content-Disposition"]
    assert hashlib.sha256(answer.data).hexdigest() in ana.get("/r/4821").text


@pytest.mark.parametrize(
    "path",
    [
        "/r/4821/audio/RE5590where",
        "/r/4821/audio/RE4821nothing",
        "/r/6644/audio/RE6644where",
        "/r/0000/audio/RE4821where",
        "/r/4821/audio/RE5590where/original",
    ],
)
def test_audio_is_had_only_through_its_own_report_and_once_it_is_here(
    ana: Browser, stories: Stories, path: str
) -> None:
    stories.whole_morning()
    assert ana.get(path).status_code == 404


def test_audio_that_is_lost_or_no_audio_is_a_404_and_not_a_fault(
    ana: Browser, stories: Stories
) -> None:
    stories.call("1001", 1, keys={"when": "1"})
    stories.recording("1001", "where", state=RecordingState.STORED, audio=b"no audio")
    assert ana.get("/r/1001/audio/RE1001where").status_code == 404
    assert ana.get("/r/1001/audio/RE1001where/original").data == b"no audio"
    stories.audio.delete("RE1001where")
    assert ana.get("/r/1001/audio/RE1001where/original").status_code == 404


# --- Live


def versions(page: str, element_ids: Sequence[str]) -> dict[str, str]:
    found = dict(re.findall(r'id="([\w-]+)"[^>]*data-v="([^"]*)"', page))
    return {element_id: found[element_id] for element_id in element_ids}


def test_a_page_that_has_it_all_is_sent_nothing(ana: Browser, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    etag = re.search(r'data-etag="(\w+)"', ana.get("/r/4821").text)
    assert etag is not None
    assert ana.get("/r/4821/part", If_None_Match=f'"{etag[1]}"').status_code == 304


def test_a_verdict_or_new_words_never_replace_a_player(ana: Browser, stories: Stories) -> None:
    stories.hmong_needs_a_listener("5590")
    pieces = ["sound-RE5590where", "text-RE5590where", "decide"]
    before = versions(ana.get("/r/5590/part").text, pieces)
    ana.acts("5590", "verdict", to="confirmed")
    ana.acts("5590", "audio/RE5590where/again")
    after = versions(ana.get("/r/5590/part").text, pieces)
    assert after["sound-RE5590where"] == before["sound-RE5590where"]
    assert after["text-RE5590where"] != before["text-RE5590where"]
    assert after["decide"] != before["decide"]


# --- Telling again


def test_an_alert_that_failed_can_be_sent_again(
    ana: Browser, stories: Stories, queue: QueueInMemory
) -> None:
    stories.alert_that_failed("6644")
    assert "Send the alert again" in ana.get("/r/6644").text
    ana.acts("6644", "alerts/again")
    assert [job for job, _ in queue.asked] == [Job.SEND_NOTIFICATION]
    page = ana.get("/r/6644").text
    assert "The alert is being sent again" in page
    assert "Send the alert again" not in page
    ana.acts("6644", "alerts/again")
    assert len(queue.asked) == 1
    assert "no undelivered alert any more" in ana.get("/r/6644").text
