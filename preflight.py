"""`python app.py check`: what works and what does not, a line each, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

import requests
from sqlalchemy.exc import SQLAlchemyError

from config import Settings
from exports.words import BadWords
from ivr.dialects import Company
from ivr.languages import BadPrompts
from keeping.audio import AudioStoreUnusable
from migrations import pending
from oncall.briefs import BadTells
from places.gazetteer import BadGazetteer
from reports.fields.lexicon import BadLexicon
from reports.ports import ProviderRefused, ProviderUnavailable
from reports.services.custody import LATELY, verify_lately
from reports.store import connect
from transcribe.engines import load_engine
from transcribe.hears import BadHears
from wiring import Adapters
from workers.queues import QueueName, QueueUnavailable

ANSWER_SECONDS = 8.0

PARTICULARS: Mapping[Company, str] = {
    "twilio": "",
    "signalwire": "; recordings can be heard by their URL until we have deleted them",
    "telnyx": "; a message ends with #, not with silence, which Telnyx would listen in for;"
    " nobody is rung for a caller",
    "somleng": "; its API deletes no recordings: they stay there, to be heard by their URL;"
    " nobody is rung for a caller",
}
"""What whoever runs the line must know of a provider: docs/providers.md."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the preflight. `advice` says what to do when it is not `well`, or what can be
    done where it is but a note."""

    name: str
    well: bool
    said: str
    advice: str = ""
    is_note: bool = False
    """Worth knowing, and nothing is broken."""

    def __str__(self) -> str:
        mark = "note   " if self.is_note else "ok     " if self.well else "PROBLEM"
        return f"{mark}  {self.name}: {self.said}" + (f" -> {self.advice}" if self.advice else "")


def check(settings: Settings) -> Iterator[Finding]:
    """Every part in turn; none that fails keeps the next from being looked at."""
    adapters = Adapters(settings)
    database = _database(settings)
    yield database
    if database.well:
        yield _custody(adapters)
    yield from _prompts(settings, adapters)
    yield _audio(adapters)
    yield _queue(adapters)
    yield from _workers(adapters)
    yield _speech(settings)
    yield from _reached(settings, adapters)


def from_outside(settings: Settings, adapters: Adapters) -> Iterator[Finding]:
    """Whether a call reaches this line and is worked on, for a line that is running."""
    yield _queue(adapters)
    yield from _workers(adapters)
    yield from _reached(settings, adapters)


def _reached(settings: Settings, adapters: Adapters) -> Iterator[Finding]:
    yield from _provider(settings, adapters)
    yield _reachable(settings)


def _database(settings: Settings) -> Finding:
    try:
        waiting = pending(connect(settings.database_url))
    except SQLAlchemyError as error:
        return Finding("database", False, type(error).__name__, "look at DATABASE_URL")
    if waiting:
        return Finding("database", False, "its tables are not up to date", "python app.py migrate")
    return Finding("database", True, "answers, tables up to date")


def _custody(adapters: Adapters) -> Finding:
    with adapters.store.read() as records:
        head = records.custody_head()
        wrong = verify_lately(records)
    if wrong:
        return Finding("custody log", False, wrong[0], "python app.py custody verify")
    lately = min(head.number, LATELY)
    said = f"{head.number} entries, the last {lately} hold; print `custody head` and keep it"
    return Finding("custody log", True, said)


def _prompts(settings: Settings, adapters: Adapters) -> Iterator[Finding]:
    try:
        prompts = adapters.prompts
        _ = adapters.tells
        _ = adapters.observer_words
        _ = adapters.hears
        _ = adapters.reader
        _ = adapters.export_words
    except (BadPrompts, BadTells, BadHears, BadLexicon, BadGazetteer, BadWords) as bad:
        yield Finding("prompts", False, str(bad), "mend the files it names")
        return
    try:
        prompts = adapters.prompts_now
        with adapters.store.read() as records:
            prompts = prompts.with_recordings(records.current_takes(prompts.said))
    except SQLAlchemyError:
        # The line about the database says so.
        pass
    names = ", ".join(language.name for language in prompts.offered)
    yield Finding("prompts", True, f"callers are offered {names}")
    for language in prompts.languages:
        if language.missing:
            missing, total = len(language.missing), len(language.words)
            yield Finding(
                f"language {language.name}",
                True,
                f"not offered: {missing} of {total} prompts are not recorded",
                f"record them at {settings.public_url}/prompts/{language.code}",
                is_note=True,
            )


def _audio(adapters: Adapters) -> Finding:
    try:
        adapters.audio.check()
    except (AudioStoreUnusable, ValueError, OSError) as error:
        return Finding("audio store", False, str(error), "look at AUDIO_URL")
    return Finding("audio store", True, "written, read back and deleted a probe")


def _queue(adapters: Adapters) -> Finding:
    try:
        depths = adapters.queue.depths()
    except QueueUnavailable as away:
        return Finding("queue", False, str(away), "look at REDIS_URL, or start `make serve`")
    waiting = ", ".join(f"{name} {count}" for name, count in depths.items())
    return Finding("queue", True, f"answers; waiting: {waiting}")


def _workers(adapters: Adapters) -> Iterator[Finding]:
    try:
        alive = adapters.queue.workers_alive()
    except QueueUnavailable:
        return
    for name in QueueName:
        if name in alive:
            yield Finding(f"worker {name}", True, "alive")
        else:
            advice = f"`make serve`, or python -m workers {name}"
            yield Finding(f"worker {name}", False, "nobody works this queue", advice)


def _speech(settings: Settings) -> Finding:
    name = f"speech {settings.speech_engine} {settings.speech_model}"
    try:
        engine = load_engine(
            settings.speech_engine, settings.speech_model, cache_dir=settings.model_cache
        )
    except Exception as error:  # whatever an engine stumbles over is what is asked for here
        advice = "look at SPEECH_ENGINE and SPEECH_MODEL; README, 'Weights'"
        return Finding(name, False, f"{type(error).__name__}: {error}", advice)
    return Finding(name, True, f"loaded; knows {len(engine.languages)} languages")


def _provider(settings: Settings, adapters: Adapters) -> Iterator[Finding]:
    name = f"provider {settings.provider} {urlsplit(settings.twilio_api_url).netloc}"
    try:
        webhooks = adapters.provider.hotline_webhooks()
        fallback = adapters.provider.hotline_fallback()
    except (ProviderUnavailable, ProviderRefused) as error:
        advice = (
            "look at PROVIDER, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_API_URL"
            " and the network; docs/providers.md"
        )
        yield Finding(name, False, str(error), advice)
        return
    yield Finding(name, True, "answers" + PARTICULARS[settings.provider])
    if webhooks is None:
        yield Finding(
            "hotline number", False, "the account has no such number", "look at HOTLINE_NUMBER"
        )
        return
    for name, found, path in (
        ("voice webhook", webhooks[0], "/voice/incoming"),
        ("status callback", webhooks[1], "/voice/status"),
    ):
        wanted = settings.public_url + path
        # What follows # tells the provider how often to try again, see docs/connect-twilio.md.
        if found is not None and urldefrag(found).url == wanted:
            yield Finding(name, True, found)
        else:
            advice = f"set it to {wanted} in the provider's console"
            yield Finding(name, False, f"is {found or 'not set'}", advice)
    yield _fallback(settings, fallback)
    yield _messaging(settings, adapters)


def _messaging(settings: Settings, adapters: Adapters) -> Finding:
    wanted = settings.public_url + "/sms/incoming"
    if not adapters.provider.takes_texts:
        said = "texts from this provider are not taken in yet: docs/providers.md"
        return Finding("messaging webhook", True, said)
    try:
        found = adapters.provider.messaging_webhook()
    except (ProviderUnavailable, ProviderRefused) as error:
        return Finding("messaging webhook", False, str(error), "try again")
    # What follows # is for the provider, such as how often it tries.
    if (found or "").partition("#")[0] == wanted:
        return Finding("messaging webhook", True, wanted)
    advice = f"set 'A message comes in' to {wanted} in the provider's console"
    return Finding("messaging webhook", False, f"is {found or 'not set'}", advice)


def _fallback(settings: Settings, found: str | None) -> Finding:
    """Not fetched: a bin answers nobody but the provider."""
    advice = "docs/connect-twilio.md, 'When the line is down'"
    if found is None:
        said = "not set: while this line is down, callers hear an error"
        return Finding("fallback", False, said, advice)
    if urlsplit(found).hostname == urlsplit(settings.public_url).hostname:
        return Finding("fallback", False, "lies on this line, and is down with it", advice)
    return Finding("fallback", True, found)


def _reachable(settings: Settings) -> Finding:
    """Reached as the provider does, but without its signature: only our own guard says 403."""
    url = settings.public_url + "/voice/incoming"
    try:
        status = requests.post(
            url, data={}, timeout=ANSWER_SECONDS, allow_redirects=False
        ).status_code
    except requests.RequestException as error:
        advice = "look at PUBLIC_URL, the proxy and the firewall"
        return Finding("PUBLIC_URL", False, f"not reached ({type(error).__name__})", advice)
    if status != requests.codes.forbidden:
        return Finding(
            "PUBLIC_URL", False, f"answers {status}, not as this line does", "look at the proxy"
        )
    return Finding("PUBLIC_URL", True, "reached; refuses what is not signed")
