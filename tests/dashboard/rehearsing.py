"""Somebody who rehearses at the desk, and the line that answers: the real one, without a door."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dashboard import Desk
from ivr.languages import load_prompts
from ivr.playback import Playback
from ivr.rehearsal import RehearsalLine, RehearsalTexts
from ivr.signature import SignatureGuard
from ivr.telephone import AlertCalls, LanguageOrder, Telephone, Whispers
from ivr.texting import AnswerTexts, ObserverTexts, Texting
from ivr.written import WrittenLanguage
from reports.services.answers import AnswerWords
from reports.services.observing import ReplyWords
from reports.services.texts import CallerTexts
from tests.dashboard.conftest import Browser

NUMBER = "+16125550142"
PROMPTS = load_prompts(Path("prompts"))


def telephone(desk: Desk) -> Telephone:
    english = PROMPTS.language("en")
    assert english is not None
    assert english.voice is not None
    return Telephone(
        store=desk.store,
        queue=desk.queue,
        sealer=desk.sealer,
        prompts=PROMPTS,
        guard=SignatureGuard("https://line.example.org", "the provider's own secret"),
        clock=desk.clock,
        hotline=desk.hotline_number,
        people_on_shift=lambda _at: ("+16125550110",),
        whispers=Whispers(english.voice, lambda _code: "A caller."),
        alert_calls=AlertCalls(english.voice, {}, lambda _told, _dossier: ""),
        playback=Playback("a secret of the tests", desk.audio.get),
        language_order=LanguageOrder(),
    )


def with_a_line(desk: Desk) -> Desk:
    return replace(
        desk,
        rehearsal_line=RehearsalLine(telephone(desk)),
        rehearsal_texts=RehearsalTexts(texts(desk)),
    )


def texts(desk: Desk) -> Texting:
    return Texting(
        store=desk.store,
        queue=desk.queue,
        sealer=desk.sealer,
        texts=CallerTexts(lambda: {each.code: each.texts for each in PROMPTS.languages}, "en"),
        language_of=WrittenLanguage(each.code for each in PROMPTS.languages),
        answers=AnswerTexts(AnswerWords((), ()), {}),
        observers=ObserverTexts(ReplyWords({}, ()), lambda _replied: ""),
        guard=SignatureGuard("https://line.example.org", "the provider's own secret"),
        clock=desk.clock,
    )


@dataclass
class Phone:
    """The telephone of the page, without a browser: does what the line's steps ask for."""

    person: Browser
    steps: list[dict[str, Any]] = field(default_factory=list)
    call: str = ""

    def calls(self, number: str = NUMBER, **settings: str) -> Phone:
        answer = self._send("/rehearsal/calls", number=number, **settings)
        self.call, self.steps = answer["call"], answer["steps"]
        return self

    @property
    def heard(self) -> str:
        """All that is said until something is to be done."""
        said: list[str] = []
        for step in self.steps:
            said += [each.get("words") or "" for each in (step, *step.get("prompts", ()))]
            if "to" in step:
                break
        return " ".join(filter(None, said))

    @property
    def waits_for(self) -> str:
        return next(str(step["do"]) for step in self.steps if step["do"] not in ("say", "play"))

    def presses(self, digits: str) -> Phone:
        assert self.waits_for == "keys"
        return self._goes_on(digits=digits)

    def says(self, sound: bytes, **more: str) -> Phone:
        assert self.waits_for == "record"
        return self._goes_on(sound=(io.BytesIO(sound), "spoken.wav"), **more)

    def types(self, words: str) -> Phone:
        assert self.waits_for == "record"
        return self._goes_on(typed=words)

    def hangs_up(self) -> str | None:
        """The reference of what came of it."""
        reference: str | None = self._send("/rehearsal/calls/over", call=self.call)["reference"]
        return reference

    def _goes_on(self, **brought: Any) -> Phone:
        to = next(step["to"] for step in self.steps if "to" in step)
        self.steps = self._send("/rehearsal/calls/step", to=to, **brought)["steps"]
        return self

    def _send(self, path: str, **form: Any) -> dict[str, Any]:
        answer = sends(self.person, path, **form)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.get_json()
        return told


def sends(person: Browser, path: str, **form: Any) -> Any:
    """As the page's script does: the token in a header."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', person.client.get("/rehearsal").text)
    assert token is not None
    return person.client.post(path, data=form, headers={"X-CSRFToken": token[1]})


def writes(person: Browser, body: str, number: str = NUMBER, **more: str) -> str:
    """A text message in rehearsal; the page that answers."""
    answer = person.sends(
        "/rehearsal/texts", from_page="/rehearsal", body=body, number=number, **more
    )
    assert answer.status_code == 303, answer.text
    assert "/rehearsal" in answer.location
    return str(person.get("/rehearsal").text)


def rehearses(person: Browser, words: str = "Lake and Bloomington", **settings: str) -> str:
    """Something that goes on now, to its end. Returns the reference."""
    phone = Phone(person).calls(**settings).presses("1").presses("1").types(words)
    reference = phone.hangs_up()
    assert reference is not None
    return reference
