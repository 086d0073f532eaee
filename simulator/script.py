"""Runs the TwiML a line answers, for one leg of a call.

What each verb does, with its defaults: https://www.twilio.com/docs/voice/twiml
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from simulator.conversation import (
    Beeped,
    Failed,
    Heard,
    HungUp,
    Pressed,
    Rang,
    Spoke,
    Waited,
)
from simulator.leg import (
    LONGEST_CALL,
    Bridged,
    Gathering,
    Gone,
    Key,
    Leg,
    Passing,
    Recording,
    Silence,
    Span,
    Stimulus,
    Voice,
)
from simulator.postman import Answer, Letter, Unanswered
from simulator.sound import NotAudio, Sound, read_wav
from twiml import reading as twiml
from twiml.reading import TwimlError

if TYPE_CHECKING:
    from simulator.exchange import Exchange

CHARACTERS_A_SECOND: Final = 15.0
"""How fast Say speaks, near enough to tell how long a caller waits for the beep."""

BEEP: Final = 1.0
"""Seconds from the end of a prompt to the start of the recording after it, the tone between."""

TONE: Final = 0.5
"""Seconds a key played by `<Play digits>` takes, or a `w` waits."""

MOST_DOCUMENTS: Final = 300
"""TwiML documents one call may ask for, so that a line redirecting to itself comes to an end."""

APOLOGY: Final = "We are sorry. An application error has occurred. Goodbye."

Running = Generator[Span, Stimulus, None]
Step = Generator[Span, Stimulus, Letter | None]


class LineFailed(Exception):
    """The line's answer cannot be run. `code`: https://www.twilio.com/docs/api/errors"""

    def __init__(self, code: int, what: str, where: str) -> None:
        super().__init__(f"error {code}: {what} (in {where})")
        self.code = code
        self.what = what
        self.where = where


class _Over(Exception):
    """The call ends here."""

    def __init__(self, by: Literal["caller", "line"]) -> None:
        super().__init__(by)
        self.by = by


class Script:
    """One leg's way through the line's documents.

    `ending` says, once it has run, how: the document ran out, it said to hang up, the phone hung
    up, the call was rejected, or the line failed.
    """

    def __init__(self, leg: Leg, exchange: Exchange) -> None:
        self.leg = leg
        self.exchange = exchange
        self.ending: Literal["ran out", "hung up", "gone", "rejected", "failed"] = "ran out"
        self._documents = 0
        self._unsaid: Callable[[], None] | None = None

    def run(self, first: Letter | Sequence[twiml.Verb]) -> Running:
        """Run from the first request, or from verbs already at hand, to the end of the call."""
        by: Literal["caller", "line"] = "line"
        try:
            try:
                yield from self._follow(first)
            except LineFailed as failure:
                yield from self._recover(failure)
        except _Over as over:
            by = over.by
            self.ending = "gone" if by == "caller" else "hung up"
        if self.leg.parent_sid is None or self.ending != "ran out":
            self.leg.add(HungUp(self.leg.clock, by))

    def _recover(self, failure: LineFailed) -> Running:
        """The fallback URL, where there is one; else the apology
        (https://www.twilio.com/docs/usage/webhooks/voice-webhooks#fallback-urls)."""
        self._note(failure)
        if self.leg.fallback is not None:
            blamed = {"ErrorCode": str(failure.code), "ErrorUrl": failure.where}
            try:
                yield from self._follow(dataclasses.replace(self.leg.fallback, params=blamed))
                return
            except LineFailed as again:
                self._note(again)
        self.ending = "failed"
        yield from self._hear([self._heard(twiml.Say(APOLOGY, "en-US", "man", 1))])

    def _note(self, failure: LineFailed) -> None:
        self.leg.add(Failed(self.leg.clock, failure.code, failure.what, failure.where))

    def _follow(self, first: Letter | Sequence[twiml.Verb]) -> Running:
        step: Letter | None
        if isinstance(first, Letter):
            step = first
        else:
            self._picked_up()
            step = yield from self._document(first)
        while step is not None:
            try:
                answer = self._ask(step)
            finally:
                self._say_the_unsaid()
            verbs = self._read(answer, step.url)
            if self.leg.status == "ringing" and verbs and isinstance(verbs[0], twiml.Reject):
                self.ending = "rejected"
                self.leg.status = "busy" if verbs[0].reason == "busy" else "no-answer"
                return
            self._picked_up()
            step = yield from self._document(verbs)

    def _say_the_unsaid(self) -> None:
        """A recording's file is ready only after its `action` was requested."""
        unsaid, self._unsaid = self._unsaid, None
        if unsaid is not None:
            unsaid()

    def _picked_up(self) -> None:
        if self.leg.status == "ringing":
            self.leg.status = "in-progress"
            self.exchange.announce(self.leg, "answered")

    def _ask(self, letter: Letter) -> Answer:
        self._documents += 1
        if self._documents > MOST_DOCUMENTS:
            raise LineFailed(
                11205, f"the call asked for more than {MOST_DOCUMENTS} documents", letter.url
            )
        whole = dataclasses.replace(
            letter, params={**self.exchange.call_params(self.leg), **letter.params}
        )
        try:
            answer = self.exchange.postman.fetch(whole)
        except Unanswered as error:
            raise LineFailed(11200, str(error), letter.url) from None
        if not 200 <= answer.status < 300:
            raise LineFailed(11200, f"HTTP status {answer.status}", letter.url)
        return answer

    def _read(self, answer: Answer, url: str) -> tuple[twiml.Verb, ...]:
        if answer.content_type not in {"text/xml", "application/xml", "text/html"}:
            raise LineFailed(12300, f"Content-Type {answer.content_type!r} is no TwiML", url)
        try:
            return twiml.read_twiml(self.exchange.company.understands(answer.content), url)
        except TwimlError as error:
            raise LineFailed(error.code, error.what, error.where) from None

    def _document(self, verbs: Sequence[twiml.Verb]) -> Step:
        """Run the verbs; the request that follows from them, or None when they run out."""
        for verb in verbs:
            step: Letter | None = None
            match verb:
                case twiml.Say() | twiml.Play() | twiml.Pause():
                    yield from self._hear([self._heard(verb)])
                case twiml.Gather():
                    step = yield from self._gather(verb)
                case twiml.Record():
                    step = yield from self._record(verb)
                case twiml.Dial():
                    step = yield from self._dial(verb)
                case twiml.Redirect():
                    return Letter(verb.url, verb.method, {})
                case twiml.Hangup() | twiml.Reject():
                    raise _Over("line")
            if step is not None:
                return step
        return None

    # Prompts

    def _heard(self, prompt: twiml.Prompt) -> Heard:
        """The prompt, and how long it takes, to begin now."""
        now = self.leg.clock
        match prompt:
            case twiml.Say():
                spoken = len(prompt.text) / CHARACTERS_A_SECOND
                return Heard(now, _looped(spoken, prompt.loop), prompt.text, prompt.language)
            case twiml.Play(digits="", url=url):
                return Heard(now, _looped(self._length_of(url), prompt.loop), "", "", url)
            case twiml.Play(digits=digits):
                return Heard(now, _looped(TONE * len(digits), prompt.loop), "", "", digits)
            case twiml.Pause(length=length):
                return Heard(now, float(length), "", "")

    def _length_of(self, url: str) -> float:
        """Fetch the sound, as Twilio does with GET; without it the caller hears nothing."""
        try:
            answer = self.exchange.postman.fetch(Letter(url, "GET", {}), "audio")
        except Unanswered as error:
            self._note(LineFailed(11200, str(error), url))
            return 0.0
        if answer.status != 200:
            self._note(LineFailed(11200, f"HTTP status {answer.status}", url))
            return 0.0
        if not answer.content_type.startswith("audio/"):
            self._note(LineFailed(12300, f"Content-Type {answer.content_type!r}", url))
            return 0.0
        if answer.content_type in {"audio/mpeg", "audio/mp3"}:
            return len(answer.content) / 4000  # 32 kbit/s, what telephone prompts come in
        try:
            return read_wav(answer.content).seconds
        except NotAudio as error:
            self._note(LineFailed(13226, str(error), url))
            return 0.0

    def _hear(self, prompts: Sequence[Heard]) -> Running:
        """Prompts outside a Gather: keys pressed now are lost."""
        for prompt in prompts:
            self._say(prompt)
            ends = self.leg.clock + prompt.seconds
            while (left := ends - self.leg.clock) > 0:
                match (yield Passing(left)):
                    case Gone(after, by):
                        self._passes(after)
                        self._cut_short()
                        raise _Over(by)
                    case Key(key, after):
                        self._passes(after)
                        self.leg.add(Pressed(self.leg.clock, key, heeded=False))
                    case _:
                        self._passes(left)

    def _say(self, prompt: Heard) -> None:
        """Into the conversation with it, unless it is a mere pause."""
        if prompt.text or prompt.audio:
            self.leg.add(prompt)

    def _cut_short(self) -> None:
        """What was still to be heard at this moment was not."""
        now = self.leg.clock
        kept = []
        for event in self.leg.events:
            if isinstance(event, Heard) and event.at + event.seconds > now:
                if event.at >= now:
                    continue
                event = dataclasses.replace(event, seconds=now - event.at, cut_short=True)
            kept.append(event)
        self.leg.events[:] = kept

    def _passes(self, seconds: float) -> None:
        self.leg.passes(seconds)
        if self.leg.clock >= LONGEST_CALL:
            raise _Over("line")

    # Gather

    def _gather(self, verb: twiml.Gather) -> Step:
        """Prompts that a key stops, then keys until enough, the finish key or `timeout` without.

        A finish key with no digit before it finishes nothing
        (https://www.twilio.com/docs/voice/twiml/gather#finishonkey).
        """
        began = self.leg.clock
        prompt_ends = began
        for prompt in verb.prompts:
            heard = dataclasses.replace(self._heard(prompt), at=prompt_ends)
            self._say(heard)
            prompt_ends += heard.seconds
        gives_up = prompt_ends + verb.timeout
        digits, finished_by = "", ""
        while not finished_by and len(digits) != verb.num_digits:
            now = self.leg.clock
            span = Gathering(
                seconds=gives_up - now,
                prompt=max(0.0, prompt_ends - now),
                collected=digits,
                num_digits=verb.num_digits,
                finish_on_key=verb.finish_on_key,
            )
            match (yield span):
                case Key(key, after):
                    self._passes(after)
                    self._cut_short()
                    self.leg.add(Pressed(self.leg.clock, key))
                    prompt_ends = min(prompt_ends, self.leg.clock)
                    gives_up = self.leg.clock + verb.timeout
                    if key not in verb.finish_on_key:
                        digits += key
                    elif digits:
                        finished_by = key
                case Gone(after, by):
                    self._passes(after)
                    self._cut_short()
                    raise _Over(by)
                case _:
                    self._passes(span.seconds)
                    break
        if not digits:
            self.leg.add(Waited(began, self.leg.clock - began))
            if not verb.action_on_empty_result:
                return None
        return Letter(verb.action, verb.method, {"Digits": digits, "FinishedOnKey": finished_by})

    # Record

    def _record(self, verb: twiml.Record) -> Step:
        """Record until a key, `timeout` of silence, `maxLength` or a hang-up.

        With nothing audible in it Twilio requests no `action` and goes on with the verb after
        (https://www.twilio.com/docs/voice/twiml/record#action).
        """
        if verb.play_beep:
            self.leg.add(Beeped(self.leg.clock))
            yield from self._hear([Heard(self.leg.clock, BEEP, "", "")])
        began = self.leg.clock
        sid = self.exchange.new_sid("RE")
        self._announce(verb, sid, "in-progress", None)
        position = len(self.leg.events)
        heard, ended_by, key, by = yield from self._listen(verb)
        sound = heard.trimmed() if verb.trim else heard
        if not heard.is_audible:
            self.leg.events.insert(position, Spoke(began, heard.seconds, "", ended_by))
            self._announce(verb, sid, "absent", None)
            if by is not None:
                raise _Over(by)
            return None
        self.exchange.keep_recording(sid, self.leg, sound)
        self.leg.events.insert(position, Spoke(began, sound.seconds, sid, ended_by))
        action = Letter(
            verb.action,
            verb.method,
            {
                **({"RecordingSid": sid} if self.exchange.company.names_recordings else {}),
                "RecordingUrl": self.exchange.recording_url(sid),
                "RecordingDuration": str(recorded_seconds(sound)),
                **({"Digits": "hangup"} if by else {"Digits": key} if key else {}),
            },
        )
        return self._recorded(verb, sid, sound, action, by)

    def _recorded(
        self,
        verb: twiml.Record,
        sid: str,
        sound: Sound,
        action: Letter,
        by: Literal["caller", "line"] | None,
    ) -> Letter:
        """Tell the line of the recording, in the order the faults have it."""
        reordered = self.exchange.misfortune.now.reordered
        if by is not None:
            self.leg.status = "completed"
            if "call" in reordered:
                self.exchange.announce(self.leg, "completed", at_once=True)
        if "recording" in reordered:
            self._announce(verb, sid, "completed", sound, at_once=True)
        if by is None:
            if "recording" not in reordered:
                self._unsaid = lambda: self._announce(verb, sid, "completed", sound)
            return action
        try:
            self._ask(action)  # what it answers can no longer be run
        except LineFailed as failure:
            self._note(failure)
        if "recording" not in reordered:
            self._announce(verb, sid, "completed", sound)
        raise _Over(by)

    def _listen(
        self, verb: twiml.Record
    ) -> Generator[
        Span,
        Stimulus,
        tuple[
            Sound,
            Literal["key", "silence", "length", "hangup"],
            str,
            Literal["caller", "line"] | None,
        ],
    ]:
        """What was recorded, what ended it, the key if one did, and who hung up if one did."""
        heard = Sound.silence(0)
        while True:
            quiet = min(verb.timeout - heard.silent_tail, verb.max_length - heard.seconds)
            stimulus = yield Recording(max(0.0, quiet), verb.finish_on_key)
            match stimulus:
                case Voice(sound):
                    more = sound
                case Key(after=after) | Gone(after=after):
                    more = Sound.silence(after)
                case Silence():
                    more = Sound.silence(quiet)
            before = heard.seconds
            heard = heard + more
            silent_at = heard.silent_for(verb.timeout)
            ends = min(verb.max_length, heard.seconds + 1 if silent_at is None else silent_at)
            if ends <= heard.seconds or isinstance(stimulus, Silence):
                ends = min(ends, heard.seconds)
                self._passes(ends - before)
                ended_by: Literal["silence", "length"] = (
                    "length" if ends == verb.max_length else "silence"
                )
                return heard.first(ends), ended_by, "", None
            self._passes(heard.seconds - before)
            match stimulus:
                case Gone(by=by):
                    return heard, "hangup", "", by
                case Key(key=key):
                    heeded = key in verb.finish_on_key
                    self.leg.add(Pressed(self.leg.clock, key, heeded))
                    if heeded:
                        return heard, "key", key, None
                case _:
                    pass

    def _announce(
        self,
        verb: twiml.Record,
        sid: str,
        status: Literal["in-progress", "completed", "absent"],
        sound: Sound | None,
        *,
        at_once: bool = False,
    ) -> None:
        if verb.status_callback is None or status not in verb.status_events:
            return
        letter = Letter(
            verb.status_callback,
            verb.status_method,
            self.exchange.recording_params(sid, self.leg, status, sound),
        )
        self.exchange.tell(letter, "recording", self.leg.sid, at_once=at_once)

    # Dial

    def _dial(self, verb: twiml.Dial) -> Step:
        """Ring everybody at once; the first to answer hears `url`, then is connected."""
        legs = [self._ring(verb, number) for number in verb.numbers]
        manners = [self.exchange.manner(number.number) for number in verb.numbers]
        answering = [
            index
            for index, manner in enumerate(manners)
            if manner.answers and manner.rings <= verb.timeout
        ]
        winner = min(answering, key=lambda index: manners[index].rings, default=None)
        if winner is None:
            rung = max(verb.timeout if manner.rings_out else manner.rings for manner in manners)
        else:
            rung = manners[winner].rings
        try:
            yield from self._hear([Heard(self.leg.clock, float(rung), "", "")])
        except _Over:
            for leg in legs:
                self.exchange.finish(leg, "canceled")
            raise
        for index, (leg, manner) in enumerate(zip(legs, manners, strict=True)):
            if index != winner:
                self.exchange.finish(leg, "canceled" if winner is not None else manner.outcome)
        if winner is None:
            outcome: dict[str, str] = {
                "DialCallStatus": legs[0].status,
                "DialCallSid": legs[0].sid,
                "DialBridged": "false",
            }
            self.leg.add(Rang(self.leg.clock, legs[0].to, legs[0].status, float(rung)))
            gone = None
        else:
            self.leg.add(Rang(self.leg.clock, legs[winner].to, "answered", float(rung)))
            bridged, gone = yield from self._connect(verb, legs[winner], verb.numbers[winner])
            outcome = {
                "DialCallStatus": "completed",
                "DialCallSid": legs[winner].sid,
                "DialCallDuration": str(legs[winner].duration),
                "DialBridged": str(bridged).lower(),
            }
        return self._dialled(verb, outcome, gone)

    def _dialled(
        self,
        verb: twiml.Dial,
        outcome: Mapping[str, str],
        gone: Literal["caller", "line"] | None,
    ) -> Letter | None:
        action = None if verb.action is None else Letter(verb.action, verb.method, outcome)
        if gone is None:
            return action
        if action is not None:
            self.leg.status = "completed"
            try:
                self._ask(action)
            except LineFailed as failure:
                self._note(failure)
        raise _Over(gone)

    def _ring(self, verb: twiml.Dial, number: twiml.Number) -> Leg:
        leg = self.exchange.new_leg(
            from_=verb.caller_id or self.leg.from_,
            to=number.number,
            direction="outbound-dial",
            parent_sid=self.leg.sid,
            status_callback=number.status_callback,
            status_method=number.status_method,
            status_events=number.status_events,
        )
        self.exchange.announce(leg, "initiated")
        leg.status = "ringing"
        self.exchange.announce(leg, "ringing")
        return leg

    def _connect(
        self, verb: twiml.Dial, leg: Leg, number: twiml.Number
    ) -> Generator[Span, Stimulus, tuple[bool, Literal["caller", "line"] | None]]:
        """Whether the two were connected, and who hung up if the whole call ended with it."""
        manner = self.exchange.manner(number.number)
        if number.url is None:
            leg.status = "in-progress"
            self.exchange.announce(leg, "answered")
        else:
            ending = self.exchange.whisper(leg, Letter(number.url, number.method, {}), manner)
            try:
                yield from self._hear([Heard(self.leg.clock, leg.clock, "", "")])
            except _Over:
                self.exchange.finish(leg, "completed")
                raise
            if ending != "ran out":
                self.exchange.finish(leg, "completed")
                return False, None
        left = min(manner.talks, float(verb.time_limit))
        gone: Literal["caller", "line"] | None = None
        while left > 0:
            stimulus = yield Bridged(left, verb.hangup_on_star)
            after = stimulus.after if isinstance(stimulus, Key | Gone) else left
            self._passes(after)
            leg.clock += after
            left -= after
            if isinstance(stimulus, Gone):
                gone = stimulus.by
                break
            if isinstance(stimulus, Key):
                stops = verb.hangup_on_star and stimulus.key == "*"
                self.leg.add(Pressed(self.leg.clock, stimulus.key, heeded=stops))
                if stops:
                    break
        self.exchange.finish(leg, "completed")
        return True, gone


def recorded_seconds(sound: Sound) -> int:
    """RecordingDuration: whole seconds, and one at least."""
    return max(1, round(sound.seconds))


def _looped(seconds: float, loop: int) -> float:
    """`loop="0"` goes on until the call ends."""
    return seconds * loop if loop else LONGEST_CALL
