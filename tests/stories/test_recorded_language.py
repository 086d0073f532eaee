"""A language that no voice speaks is offered once people have recorded all of it."""

from __future__ import annotations

import hashlib
import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import app
from app import cli, spoken_language
from dashboard.prompt_page import progress_of
from ivr.languages import Language, load_prompts
from preflight import _prompts
from reports.model import CallState, PromptTake, RecordingState, TakeSource
from reports.services.prompts import choose_take, propose_take
from simulator.caller import PhoneCall
from simulator.conversation import Heard, Pressed
from simulator.spoken import spoken_call
from sounds.prompts import TELEPHONE_RATE
from tests.stories.conftest import Line

SPOKEN = spoken_call("en-lake-bloomington")

# A folder: the web fetches what somebody else put there.
pytestmark = pytest.mark.line(audio_url="audio")


def sound_of(seconds: float, pitch: float) -> bytes:
    """A hum, as long and as high as no other's."""
    at = np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE
    made = BytesIO()
    hum = 0.2 * np.sin(2 * np.pi * pitch * at)
    soundfile.write(made, hum, TELEPHONE_RATE, format="WAV", subtype="PCM_16")
    return made.getvalue()


def language(line: Line, code: str) -> Language:
    found = {each.code: each for each in load_prompts(line.settings.prompts).languages}
    return found[code]


def record(line: Line, code: str, prompt: str, seconds: float, pitch: float) -> PromptTake:
    """Somebody records a prompt and keeps it."""
    take = propose_take(
        line.adapters.store,
        line.adapters.audio,
        language=code,
        prompt=prompt,
        words=language(line, code).words[prompt],
        sound=sound_of(seconds, pitch),
        seconds=seconds,
        source=TakeSource.MICROPHONE,
        who="ana",
        at=line.clock(),
    )
    keep(line, take, take.take_id)
    return take


def keep(line: Line, take: PromptTake, take_id: str | None) -> None:
    choose_take(
        line.adapters.store,
        language=take.language,
        prompt=take.prompt,
        take_id=take_id,
        who="ana",
        at=line.clock(),
    )


def record_all(line: Line, code: str, *, but: str = "") -> dict[str, PromptTake]:
    prompts = [prompt for prompt in language(line, code).words if prompt != but]
    return {
        prompt: record(line, code, prompt, 0.5 + place / 10, 300 + 20 * place)
        for place, prompt in enumerate(prompts)
    }


def offered(line: Line) -> set[str]:
    """The languages whose names are said; the telephone and the pages must agree on them."""
    telephone = line.adapters.telephone.standing("CA" + 32 * "0").prompts
    with line.adapters.store.read() as records:
        current = records.current_takes(line.adapters.prompts.said)
    on_the_pages = {
        each.code
        for each in line.adapters.prompts.languages
        if not progress_of(spoken_language(each), current).missing
    }
    codes = {each.code for each in telephone.offered}
    assert codes == on_the_pages
    return codes


def address(take: PromptTake) -> str:
    return f"/voice/prompts/{take.sha256}.wav"


def played(call: PhoneCall) -> list[Heard]:
    """The recorded prompts that the caller heard; their own recordings are no prompts."""
    return [
        event
        for event in call.heard
        if isinstance(event, Heard) and "/voice/prompts/" in event.audio
    ]


def spoken_after_choosing(call: PhoneCall) -> list[str]:
    """What a voice of a computer said after the first key."""
    events = list(call.heard)
    first = next(place for place, event in enumerate(events) if isinstance(event, Pressed))
    return [event.text for event in events[first:] if isinstance(event, Heard) and event.text]


def test_somali_is_offered_when_its_last_prompt_is_recorded(line: Line) -> None:
    assert "so" not in offered(line)
    record_all(line, "so", but="digit_7")
    assert "so" not in offered(line)
    call = line.caller.dials()
    assert not played(call), "nothing of half a language is heard"
    call.hangs_up()

    record(line, "so", "digit_7", 0.4, 200.0)
    assert "so" in offered(line)
    assert played(line.caller.dials())


def test_a_somali_caller_hears_nothing_but_what_was_recorded_and_reports(line: Line) -> None:
    takes = record_all(line, "so")
    line.speech.outcomes = ["Lake Street", "five men"]
    call = line.caller.dials()
    call.presses("3").presses("1")
    call.says(SPOKEN.where.path, then="#").presses("4#").presses("1")
    call.says(SPOKEN.what.path, then="#").presses("1").waits()
    line.works()

    assert call.is_over
    assert not line.network.failures
    assert line.dossier.call.language == "so"
    assert line.dossier.call.state is CallState.COMPLETED
    assert len(line.dossier.recordings) == 2
    assert spoken_after_choosing(call) == []

    by_address = {line.settings.public_url + address(take): take for take in takes.values()}
    heard = [(by_address[event.audio].prompt, event) for event in played(call)]
    for prompt, event in heard:
        if not event.cut_short:
            assert event.seconds == pytest.approx(takes[prompt].seconds, abs=0.01), prompt
    names = [prompt for prompt, _ in heard]
    digits = [f"digit_{digit}" for digit in line.dossier.report.reference]
    start = names.index("your_reference") + 1
    assert names[start : start + len(digits)] == digits
    assert names[0] == "choose_language"
    assert {"safety", "where", "what", "goodbye"} <= set(names)


def test_a_prompt_recorded_again_is_heard_at_another_address_until_it_is_undone(
    line: Line,
) -> None:
    first = record_all(line, "so")["choose_language"]

    def menu() -> list[str]:
        call = line.caller.dials()
        sounds = [event.audio.removeprefix(line.settings.public_url) for event in played(call)]
        call.hangs_up()
        return sounds

    assert menu() == [address(first)]
    second = record(line, "so", "choose_language", 1.7, 950.0)
    assert second.sha256 != first.sha256
    assert menu() == [address(second)]
    keep(line, first, first.take_id)
    assert menu() == [address(first)]
    keep(line, first, None)
    assert menu() == []
    assert "so" not in offered(line)
    assert not line.network.failures


def test_a_prompt_taken_away_during_a_call_loses_no_report(line: Line) -> None:
    takes = record_all(line, "so")
    call = line.caller.dials().presses("3").presses("1")
    keep(line, takes["officers"], None)
    call.says(SPOKEN.where.path, then="#")
    assert ", ".join(line.dossier.report.reference) in call.heard.text, "said by a voice"
    while not call.is_over:
        call.waits()
    line.works()
    assert not line.network.failures
    assert line.states() == {"where": RecordingState.TRANSCRIBED}
    assert line.dossier.call.state is CallState.COMPLETED
    assert len(line.texts) == 2


def test_a_recording_is_heard_in_place_of_the_voice(line: Line) -> None:
    words = language(line, "en").words
    take = record(line, "en", "welcome", 2.3, 500.0)
    call = line.caller.dials()
    assert [event.audio for event in played(call)] == [line.settings.public_url + address(take)]
    assert words["welcome"] not in call.heard.text
    assert words["choose_language"] in call.heard.text
    sound = line.adapters.audio.get(take.sha256)
    assert hashlib.sha256(sound).hexdigest() == take.sha256


def test_the_preflight_notes_what_is_missing_and_where_to_record_it(line: Line) -> None:
    def note(name: str) -> str | None:
        findings = list(_prompts(line.settings, line.adapters))
        assert all(finding.well for finding in findings), "a note fails no check"
        said = [str(finding) for finding in findings if finding.name == f"language {name}"]
        return said[0] if said else None

    total = len(language(line, "so").words)
    said = note("Soomaali")
    assert said is not None
    assert said.startswith("note ")
    assert f"{total} of {total} prompts" in said
    assert f"{line.settings.public_url}/prompts/so" in said
    assert note("English") is None
    record_all(line, "so", but="safety")
    assert f"1 of {total} prompts" in (note("Soomaali") or "")
    record(line, "so", "safety", 2.0, 700.0)
    assert note("Soomaali") is None
    assert "Soomaali" in str(next(_prompts(line.settings, line.adapters)))


def test_the_table_of_prompts_shows_what_was_recorded(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "load_settings", lambda: line.settings)
    record(line, "so", "welcome", 2.0, 700.0)
    done = CliRunner().invoke(cli, ["prompts", "check"])
    assert done.exit_code == 0, done.output
    rows = {row.split()[0]: row.split() for row in done.output.splitlines() if row.strip()}
    assert rows["welcome"][1:5] == ["V", "V", "R", "–"]
    assert rows["recorded"][1:5] == ["0", "0", "1", "0"]


def test_prompts_that_are_wrong_are_listed_by_file_line_and_key(line: Line, tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    shutil.copytree(line.settings.prompts, folder)
    says = folder / "so" / "says.toml"
    words = says.read_text(encoding="utf-8").splitlines()
    place = next(n for n, text in enumerate(words, 1) if text.startswith("thanks = "))
    words[place - 1] = 'thanks = " "'
    says.write_text("\n".join(words), encoding="utf-8")
    done = CliRunner().invoke(cli, ["prompts", "check", "--prompts", str(folder)])
    assert done.exit_code == 1
    assert f"so/says.toml:{place}" in done.output
    assert "thanks is missing" in done.output
    assert "R recorded" not in done.output
