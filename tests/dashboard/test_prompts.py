"""An organizer records what callers hear, listens to it, keeps it, and takes it back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from dashboard import Desk, add_organizer, install
from dashboard.prompt_page import said_in
from dashboard.studio import LARGEST_RECORDING
from ivr.languages import DIGITS, PROMPTS
from reports.model import TakeSource
from tests.dashboard.conftest import PASSWORD, QUICK, SPOKEN, AudioInMemory, Browser, Clock

SPEECH = (Path("simulator/spoken/audio") / "en-karmel-mall-where.wav").read_bytes()
SILENCE = (Path("simulator/spoken/audio") / "silence.wav").read_bytes()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(MAX_CONTENT_LENGTH=256 * 2**10)


@pytest.fixture
def hodan(app: Flask, desk: Desk, clock: Clock) -> Browser:
    add_organizer(desk.store, "hodan", "Hodan W.", PASSWORD, clock(), QUICK)
    browser = Browser(app.test_client())
    assert browser.logs_in("hodan").status_code == 303
    return browser


def token(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found[1]


def brings(
    browser: Browser, prompt: str, sound: bytes = SPEECH, code: str = "so", **form: str
) -> TestResponse:
    """Uploads a recording and goes back to the page, as a browser does."""
    return sends(
        browser,
        f"/prompts/{code}/{prompt}/takes",
        {
            "csrf_token": token(browser.client, f"/prompts/{code}"),
            "sound": FileStorage(io.BytesIO(sound), "recorded.wav"),
            **form,
        },
    )


def sends(browser: Browser, path: str, fields: Mapping[str, str | FileStorage]) -> TestResponse:
    # Encoded here: the client would leave a large body's temporary file open.
    boundary, body = encode_multipart(fields)
    return browser.client.post(
        path,
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        follow_redirects=True,
    )


def presses(browser: Browser, prompt: str, label: str, code: str = "so") -> TestResponse:
    """Presses the button of that label at the prompt, the first if there are several."""
    page = browser.get(f"/prompts/{code}").text
    article = re.search(rf'<article id="prompt-{prompt}".*?</article>', page, re.S)
    assert article is not None
    for form in re.finditer(r'<form method="post" action="([^"]+)">(.*?)</form>', article[0], re.S):
        button = re.search(r'name="take" value="([^"]*)"[^>]*>([^<]+)</button>', form[2])
        if button is not None and button[2] == label:
            return browser.client.post(
                form[1],
                data={"csrf_token": token(browser.client, f"/prompts/{code}"), "take": button[1]},
                follow_redirects=True,
            )
    raise AssertionError(f"no button {label!r} at {prompt}")


def heard(desk: Desk) -> dict[tuple[str, str], str]:
    with desk.store.read() as records:
        return dict(records.current_takes(said_in(desk.spoken)))


def test_the_list_says_of_each_language_how_far_it_is(ana: Browser) -> None:
    page = ana.get("/prompts").text
    assert "Soomaali" in page
    assert "Somali" in page
    assert "4 of 4 prompts cannot be heard yet" in page
    assert "Machine draft" in page
    assert "0 of 3 recorded" in page
    assert page.index("English") < page.index("Soomaali")


def at_another_desk(desk: Desk) -> Browser:
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, desk)
    browser = Browser(app.test_client())
    assert browser.logs_in().status_code == 303
    return browser


def test_without_any_language_the_list_says_so(desk: Desk) -> None:
    browser = at_another_desk(replace(desk, spoken=()))
    assert "No language is set up" in browser.get("/prompts").text


def test_words_that_nobody_answers_for_are_called_a_draft(ana: Browser) -> None:
    assert "Nobody who grew up with Soomaali answers for them yet" in ana.get("/prompts/so").text
    english = ana.get("/prompts/en").text
    assert "machine draft" not in english
    assert "written by the founders, 2026-11" in english


def test_a_recording_is_listened_to_kept_and_heard_by_callers(hodan: Browser, desk: Desk) -> None:
    page = brings(hodan, "welcome", source="microphone").text
    assert "Not kept yet" in page
    assert heard(desk) == {}
    with desk.store.read() as records:
        (draft,) = records.prompt_takes("so")
    assert (draft.made_by, draft.source) == ("hodan", TakeSource.MICROPHONE)
    assert draft.words == "Khadka markhaatiga."
    sound = hodan.get(f"/prompts/so/takes/{draft.take_id}.wav")
    with soundfile.SoundFile(io.BytesIO(sound.data)) as wave:
        assert (wave.samplerate, wave.channels, wave.subtype) == (8000, 1, "PCM_16")
        assert len(wave) / 8000 == pytest.approx(draft.seconds)
    page = presses(hodan, "welcome", "Keep").text
    assert "Kept. Callers hear it" in page
    assert "1 of 4 recorded" in page
    assert heard(desk) == {("so", "welcome"): draft.sha256}


def test_a_part_of_a_sound_can_be_had_for_seeking(hodan: Browser, desk: Desk) -> None:
    brings(hodan, "welcome")
    with desk.store.read() as records:
        (draft,) = records.prompt_takes("so")
    part = hodan.get(f"/prompts/so/takes/{draft.take_id}.wav", Range="bytes=0-99")
    assert part.status_code == 206
    assert len(part.data) == 100
    assert hodan.get(f"/prompts/en/takes/{draft.take_id}.wav").status_code == 404
    assert hodan.get("/prompts/so/takes/none.wav").status_code == 404


def test_what_was_kept_is_undone_and_the_history_says_who_did_what(
    hodan: Browser, ana: Browser, desk: Desk, clock: Clock
) -> None:
    brings(hodan, "welcome")
    presses(hodan, "welcome", "Keep")
    first = heard(desk)
    clock.passes(minutes=5)
    brings(ana, "welcome", (Path("simulator/spoken/audio") / "es-franklin-where.wav").read_bytes())
    page = presses(ana, "welcome", "Keep").text
    assert heard(desk) != first
    undo = re.search(r'name="take" value="([^"]+)"[^>]*>Undo</button>', page)
    assert undo is not None
    page = ana.client.post(
        "/prompts/so/welcome/choice",
        data={"csrf_token": token(ana.client, "/prompts/so"), "take": undo[1]},
        follow_redirects=True,
    ).text
    assert heard(desk) == first
    assert re.search(r"Ana Fuentes\s+chose a take of 0:06 by Hodan W\.", page)
    assert re.search(r"Hodan W\.\s+chose a take of 0:06 by Hodan W\.", page)
    assert "Use this one" in page
    presses(ana, "welcome", "Take the recording away")
    assert heard(desk) == {}
    page = ana.get("/prompts/so").text
    assert "took the recording away" in page
    presses(ana, "welcome", "Use this one")
    assert heard(desk).keys() == {("so", "welcome")}


def test_a_draft_is_shown_to_nobody_else_and_can_be_thrown_away(
    hodan: Browser, ana: Browser, desk: Desk
) -> None:
    brings(hodan, "welcome")
    assert "Not kept yet" not in ana.get("/prompts/so").text
    page = presses(hodan, "welcome", "Throw away").text
    assert "Not kept yet" not in page
    assert isinstance(desk.audio, AudioInMemory)
    assert desk.audio.kept == {}


@pytest.mark.parametrize(
    ("sound", "prompt", "said"),
    [
        (SILENCE, "welcome", "Nothing was said, or the microphone is off"),
        (b"%PDF-1.7 not a sound", "welcome", "no sound that can be read"),
        (SPEECH, "digit_1", "3 seconds at most here"),
        (b"", "welcome", "Choose a file first"),
    ],
)
def test_what_will_not_do_is_refused_with_a_reason(
    hodan: Browser, desk: Desk, sound: bytes, prompt: str, said: str
) -> None:
    assert said in brings(hodan, prompt, sound).text
    with desk.store.read() as records:
        assert records.prompt_takes("so") == []


def test_a_long_wave_from_a_good_microphone_fits_and_nothing_larger_does(
    hodan: Browser, ana: Browser
) -> None:
    samples, rate = soundfile.read(io.BytesIO(SPEECH))
    made = io.BytesIO()
    soundfile.write(made, samples, rate, format="WAV", subtype="DOUBLE")
    assert len(made.getvalue()) > 256 * 2**10, "more than a form may have elsewhere"
    assert "Not kept yet" in brings(hodan, "welcome", made.getvalue()).text
    assert brings(hodan, "welcome", bytes(LARGEST_RECORDING)).status_code == 413
    elsewhere = ana.client.post(
        "/prompts/so/welcome/choice", data={"take": "x" * 300 * 2**10}, follow_redirects=True
    )
    assert elsewhere.status_code == 413


def test_a_stranger_may_send_nothing_large(stranger: Browser) -> None:
    sound = FileStorage(io.BytesIO(bytes(2**20)), "recorded.wav")
    answer = sends(stranger, "/prompts/so/welcome/takes", {"sound": sound})
    assert answer.status_code == 413


def test_words_that_changed_after_the_recording_are_pointed_out(hodan: Browser, desk: Desk) -> None:
    brings(hodan, "welcome")
    presses(hodan, "welcome", "Keep")
    somali = replace(SPOKEN[1], words={**SPOKEN[1].words, "welcome": "Ku soo dhawow."})
    page = at_another_desk(replace(desk, spoken=(somali,))).get("/prompts/so").text
    assert "The words have changed since this was recorded" in page
    assert "Khadka markhaatiga." in page


def test_there_is_nothing_where_there_is_no_such_prompt(hodan: Browser, desk: Desk) -> None:
    assert hodan.get("/prompts/xx").status_code == 404
    assert brings(hodan, "no_such_prompt").status_code == 404
    for act in ("choice", "discard"):
        answer = hodan.sends(f"/prompts/so/welcome/{act}", from_page="/prompts/so", take="nothing")
        assert answer.status_code == (404 if act == "choice" else 303)
    assert brings(hodan, "welcome", source="telephone").status_code == 400
    assert heard(desk) == {}


def test_every_prompt_has_a_title_in_plain_words(desk: Desk) -> None:
    words = dict.fromkeys((*PROMPTS, *DIGITS), "something")
    app = Flask("line")
    app.config["SECRET_KEY"] = "nobody's secret"
    install(app, replace(desk, spoken=[replace(SPOKEN[0], words=words)]))
    browser = Browser(app.test_client())
    browser.logs_in()
    titles = re.findall(r'<h2 id="title-[^>]*>([^<]+)</h2>', browser.get("/prompts/en").text)
    assert len(titles) == len(words) == len(set(titles))
    assert not [title for title in titles if "_" in title]
