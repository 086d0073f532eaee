"""The adapters that the settings name, put together for the web and for the workers."""

from __future__ import annotations

import gc
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path

from config import Settings, SpeechSettings
from exports.bagging import Bagger
from exports.packet import Maker
from exports.services import Exporter
from exports.timestamp import TimestampAuthority
from exports.words import Words, load_words
from ivr.desk_door import PhoneDesk
from ivr.dialects import DIALECTS, Dialect
from ivr.languages import BadPrompts, Language, Prompts, load_prompts
from ivr.playback import Playback
from ivr.signature import SIGNALWIRE_HEADER, Guard, SignatureGuard
from ivr.stamped import StampedGuard
from ivr.studio_door import StudioDoor
from ivr.telephone import AlertCalls, LanguageOrder, Telephone, Whispers
from ivr.texting import AnswerTexts, ObserverTexts, Texting
from ivr.written import WrittenLanguage
from keeping.audio import SealedAudioStore
from keeping.sealing import Keyring
from oncall.alerts import Alerter
from oncall.briefs import Carries, Tells, load_tells, read_out, spoken, whispered, without_numbers
from oncall.channels.apprise import AppriseChannel
from oncall.channels.console import ConsoleChannel
from oncall.channels.email import EmailChannel, MailServer
from oncall.channels.push import PushChannel, PushKey
from oncall.channels.sms import SmsChannel
from oncall.channels.voice import VoiceChannel
from oncall.composing import Composer
from oncall.contacts import Contact
from oncall.dispatching import Dispatcher
from oncall.links import OBSERVE, AnswerLinks
from oncall.observing import ObserverWords, load_observer_words
from oncall.roster import to_ring
from opinions.chat import ChatReader
from places.gazetteer import load_gazetteer
from providers.provider import Provider
from providers.signalwire import SignalWireProvider
from providers.somleng import SomlengProvider
from providers.telnyx import TelnyxProvider
from providers.twilio import TwilioProvider
from reports.fields import urgency_of
from reports.fields.lexicon import load_lexicons
from reports.fields.names import Names
from reports.fields.reading import Reader
from reports.fields.second import SecondReader
from reports.model import Dossier, Notification, Rank
from reports.ports import (
    AudioNotFound,
    Channel,
    MediaMissing,
    MediaRefused,
    ProviderUnavailable,
    Transcriber,
    Urgency,
)
from reports.services.texts import CallerTexts
from reports.store import SqlReportStore, connect
from rulebook import DeskRulebook
from transcribe.apart import ApartTranscriber, Order, smaller
from transcribe.hardware import threads
from transcribe.hears import Hears, load_hears
from transcribe.weights import Progress
from workers.jobs import Equipment
from workers.queues import QueueName, RqJobQueue
from workers.queues import connect as connect_redis
from workers.tether import tethered

SPEAKING_WORKERS = 2
"""Processes that write out at once: those of the queues `urgent` and `rest`."""
ALWAYS = "settings:oncall"
"""What the sealed numbers of the settings belong to."""
ROOT = Path(__file__).parent
URGENT_RANKS = frozenset(rank for rank in Rank if urgency_of(rank) is Urgency.URGENT)


Clock = Callable[[], datetime]


def now() -> datetime:
    """The clock of everything that is wired here, unless a test brings its own."""
    return datetime.now(UTC)


def software() -> str:
    """What this is, with its version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f"Witness Line {project['version']}"


def workspace(settings: Settings) -> Path:
    """Where packets are put together, for as long as that takes."""
    return settings.state_dir.absolute() / "exports"


def redis_folder(settings: Settings) -> Path:
    """Where the Redis of our own keeps its data."""
    return settings.state_dir.absolute() / "redis"


def redis_url(settings: Settings) -> str:
    """The Redis that the settings name, or the one that the supervisor says it runs."""
    if settings.redis_url:
        return settings.redis_url
    address = redis_folder(settings) / "url"
    if address.exists():
        return address.read_text(encoding="utf-8").strip()
    return f"unix://{redis_folder(settings) / 'redis.sock'}"


def speech_pipeline(
    settings: SpeechSettings, on_progress: Progress, *, threads: int | None = None
) -> Transcriber:
    """What writes out speech, with all its engines in memory; `threads`: how many it may use, None
    for all, unless the settings say it.

    Raises:
        BadHears, BadPrompts, BadWeights.
    """
    # The engines bring hundreds of megabytes along, which the web does not need.
    from transcribe.pipeline import load_transcriber, primary

    return load_transcriber(
        settings.speech_engine,
        settings.speech_model,
        cache_dir=settings.model_cache,
        threads=settings.speech_threads or threads,
        batch=settings.speech_batch,
        hears=load_hears(settings.prompts),
        by_language=settings.speech_engines,
        offered=frozenset(
            primary(language.code) for language in load_prompts(settings.prompts).languages
        ),
        translator=settings.translation_engine,
        on_progress=on_progress,
    )


def second_reader(settings: SpeechSettings) -> SecondReader | None:
    """Whom the settings name for a second opinion."""
    if settings.second_opinion_url is None:
        return None
    task = (settings.prompts / "second_opinion.txt").read_text(encoding="utf-8")
    return ChatReader(settings.second_opinion_url, settings.second_opinion_model, task)


# Reading them is most of a start: a process that makes a line more than once does it once.
_lexicons = cache(load_lexicons)
_hears = cache(load_hears)


@cache
def _names(places: Path) -> Names:
    return Names(load_gazetteer(places))


def keep_what_is_loaded() -> None:
    """Says that what was made until now is here to stay: lexicons and places are looked through no
    more whenever Python looks for what can be thrown away
    (https://docs.python.org/3/library/gc.html#gc.freeze). Understanding takes a seventh less by it.
    """
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Adapters:
    """Each is made when it is first asked for: the web needs no speech, a worker no web."""

    settings: Settings
    clock: Clock = now

    @cached_property
    def store(self) -> SqlReportStore:
        return SqlReportStore(connect(self.settings.database_url), self.sealer)

    @cached_property
    def rulebook(self) -> DeskRulebook:
        """What is set now."""
        return DeskRulebook(self.settings, self.store, self.clock)

    @cached_property
    def queue(self) -> RqJobQueue:
        return RqJobQueue(connect_redis(redis_url(self.settings)))

    @cached_property
    def sealer(self) -> Keyring:
        return self.settings.keyring

    @cached_property
    def audio(self) -> SealedAudioStore:
        return SealedAudioStore.at(self.settings.audio_url, self.sealer)

    @cached_property
    def provider(self) -> Provider:
        settings = self.settings
        account, secret = settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()
        base, number = settings.twilio_api_url, settings.hotline_number
        if settings.provider == "telnyx":
            return TelnyxProvider(
                account_sid=account, api_key=secret, api_url=base, from_number=number
            )
        kind = {
            "twilio": TwilioProvider,
            "signalwire": SignalWireProvider,
            "somleng": SomlengProvider,
        }[settings.provider]
        return kind(account_sid=account, auth_token=secret, api_url=base, from_number=number)

    @cached_property
    def guard(self) -> Guard:
        """Who tells the provider's requests from everybody else's."""
        settings = self.settings
        if settings.telnyx_public_key is not None and settings.provider == "telnyx":
            return StampedGuard(settings.telnyx_public_key, self.clock)
        if settings.signalwire_signing_key is not None and settings.provider == "signalwire":
            key = settings.signalwire_signing_key.get_secret_value()
            return SignatureGuard(settings.public_url, key, SIGNALWIRE_HEADER)
        return SignatureGuard(settings.public_url, settings.twilio_auth_token.get_secret_value())

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.settings.provider]

    @cached_property
    def prompts(self) -> Prompts:
        return load_prompts(self.settings.prompts)

    @property
    def prompts_now(self) -> Prompts:
        """With what is set at the desk."""
        return self.prompts.worded(self.rulebook.wording())

    @cached_property
    def tells(self) -> Tells:
        return load_tells(self.settings.prompts, self.settings.organizer_language)

    @cached_property
    def reader(self) -> Reader:
        """What understands reports.

        Raises:
            BadLexicon, BadGazetteer.
        """
        settings = self.settings
        return Reader(
            lexicons=_lexicons(settings.prompts),
            names=_names(settings.places),
            zone=settings.zone,
        )

    @cached_property
    def alerter(self) -> Alerter:
        """Tells those on call."""
        return Alerter(
            store=self.store,
            queue=self.queue,
            sealer=self.sealer,
            always=tuple(self._always()),
            channels=frozenset(self.channels),
            tells=self.tells,
            reader=self.reader,
            clocks_now=lambda: self.rulebook.now().clocks,
            public_url=self.settings.public_url,
        )

    def _always(self) -> Iterator[Contact]:
        """The numbers of the settings."""
        for number in self.settings.oncall:
            address = self.sealer.seal(number.encode(), ALWAYS)
            yield Contact(SmsChannel.name, address, ALWAYS, self.sealer.fingerprint(number))

    @cached_property
    def telephone(self) -> Telephone:
        """What the webhooks work with.

        Raises:
            BadPrompts: nothing can be said in the organizers' language.
        """
        settings = self.settings
        organizers = self.prompts.language(settings.organizer_language)
        if organizers is None or organizers.voice is None:
            code = settings.organizer_language
            raise BadPrompts(f"ORGANIZER_LANGUAGE={code}: the provider has no voice that reads it")
        return Telephone(
            store=self.store,
            queue=self.queue,
            sealer=self.sealer,
            prompts=self.prompts,
            guard=self.guard,
            clock=self.clock,
            hotline=settings.hotline_number,
            people_on_shift=lambda at: (
                to_ring(settings.oncall, self.rulebook.now().clocks.quiet, at, settings.zone)
                if self.dialect.screens
                else ()
            ),
            whispers=Whispers(organizers.voice, lambda code: whispered(self.tells, code)),
            alert_calls=AlertCalls(organizers.voice, self.tells.call, self._for_the_ear),
            playback=Playback(settings.secret_key.get_secret_value(), self._sound_of),
            language_order=LanguageOrder(lambda: self.rulebook.now().language_order),
            limits_now=lambda: self.rulebook.now().limits,
            languages_off=lambda: self.rulebook.now().languages_off,
            wording_for=self.rulebook.wording,
            studio=self._studio(organizers),
            desk=self._phone_desk(organizers),
            dialect=self.dialect,
            public_url=settings.public_url,
        )

    def _studio(self, organizers: Language) -> StudioDoor | None:
        """None without a PIN, or where what was recorded could not be deleted afterwards: the
        provider's list would bring it back as a report."""
        pin = self.settings.studio_pin
        if pin is None or not self.provider.erases:
            return None
        return StudioDoor(
            pin=pin.get_secret_value(),
            secret=self.settings.secret_key.get_secret_value(),
            on_call=frozenset(self.sealer.fingerprint(number) for number in self.settings.oncall),
            words=self.tells.studio,
            prompts=lambda: organizers.worded(self.rulebook.wording()).words,
            provider=self.provider,
            audio=self.audio,
        )

    def _phone_desk(self, organizers: Language) -> PhoneDesk:
        tells = self.tells

        def read(dossier: Dossier, at: datetime, holder: str | None) -> str:
            return read_out(dossier, tells, self.reader.read(dossier), at=at, holder=holder)

        return PhoneDesk(
            secret=self.settings.secret_key.get_secret_value(),
            language=organizers.code,
            words=tells.desk,
            outcomes=tells.call,
            verdicts=tells.words,
            questions=tells.questions,
            read_out=read,
            priority=lambda dossier: self.reader.read(dossier).rank.priority,
            without_numbers=lambda text: without_numbers(text, tells.words["hidden_number"]),
        )

    def _for_the_ear(self, told: Notification, dossier: Dossier) -> str:
        carries = self.rulebook.now().carries.get(told.channel, Carries.NOTHING)
        return spoken(carries, dossier, told.kind, self.tells, self.reader.read(dossier))

    @cached_property
    def answer_links(self) -> AnswerLinks:
        settings = self.settings
        return AnswerLinks(settings.secret_key.get_secret_value(), settings.public_url)

    @cached_property
    def push_key(self) -> PushKey:
        return PushKey(self.settings.secret_key.get_secret_value())

    @cached_property
    def observer_words(self) -> ObserverWords:
        """Raises: BadObserverWords."""
        return load_observer_words(self.settings.prompts, self.settings.organizer_language)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """Sends people out to observe."""
        settings = self.settings
        return Dispatcher(
            store=self.store,
            queue=self.queue,
            sealer=self.sealer,
            channels=frozenset(self.channels),
            carries_now=lambda: self.rulebook.now().carries,
            words=self.observer_words,
            links=AnswerLinks(settings.secret_key.get_secret_value(), settings.public_url, OBSERVE),
            zone=settings.zone,
            takes_texts=self.provider.takes_texts,
        )

    @cached_property
    def channels(self) -> Mapping[str, Channel]:
        """The ways to reach an organizer that the settings name."""
        settings, title = self.settings, self.tells.elsewhere["title"]
        made: list[Channel] = [
            SmsChannel(self.provider, settings.public_url),
            VoiceChannel(self.provider, settings.public_url),
            PushChannel(self.push_key, title=title, public_url=settings.public_url),
            AppriseChannel(title=title),
        ]
        if settings.smtp_url is not None and settings.email_from is not None:
            server = MailServer.parse(settings.smtp_url.get_secret_value())
            made.append(EmailChannel(server, sender=settings.email_from, subject=title))
        if settings.console_file is not None:
            made.append(ConsoleChannel(settings.console_file.absolute()))
        return {channel.name: channel for channel in made}

    @property
    def composer(self) -> Composer:
        """By what is set now."""
        return Composer(
            tells=self.tells,
            reader=self.reader,
            public_url=self.settings.public_url,
            links=self.answer_links,
            carries=self.rulebook.now().carries,
            takes_texts=self.provider.takes_texts,
        )

    def _sound_of(self, recording_sid: str) -> bytes | None:
        """A recording as we keep it, else as the provider still has it."""
        try:
            return self.audio.get(recording_sid)
        except AudioNotFound:
            pass
        try:
            return self.provider.fetch_recording(recording_sid)
        except (MediaMissing, MediaRefused, ProviderUnavailable):
            return None

    @cached_property
    def texting(self) -> Texting:
        return Texting(
            store=self.store,
            queue=self.queue,
            sealer=self.sealer,
            texts=self.caller_texts,
            language_of=self.written_language,
            answers=AnswerTexts(self.tells.answer_words, self.tells.answers),
            observers=ObserverTexts(self.observer_words.writes, self.observer_words.say),
            guard=self.telephone.guard,
            clock=self.clock,
        )

    @cached_property
    def caller_texts(self) -> CallerTexts:
        languages = self.prompts.languages
        return CallerTexts(
            lambda: {each.code: each.texts for each in self.prompts_now.languages},
            languages[0].code,
            self.settings.caller_links,
        )

    @cached_property
    def written_language(self) -> WrittenLanguage:
        return WrittenLanguage(language.code for language in self.prompts.languages)

    @cached_property
    def export_words(self) -> Words:
        """Raises: BadWords."""
        return load_words(self.settings.prompts, self.settings.organizer_language)

    @cached_property
    def exporter(self) -> Exporter:
        """What has things leave.

        Raises:
            BadWords, BadLexicon, BadGazetteer.
        """
        # The workers have no pages.
        from dashboard.pictures import showable

        settings = self.settings
        url = settings.timestamp_url
        titles = self.tells.questions
        return Exporter(
            store=self.store,
            understanding=self.reader.understanding,
            maker=Maker(
                words=self.export_words,
                zone=settings.zone,
                question_title=lambda question: titles.get(question, question),
                software=software(),
            ),
            bagger=Bagger(
                audio=self.audio,
                workspace=workspace(settings),
                repaint=showable,
                stamp=None if url is None else TimestampAuthority(url).stamp,
            ),
            clock=self.clock,
        )

    @cached_property
    def hears(self) -> Hears:
        return _hears(self.settings.prompts)

    @property
    def written_out(self) -> tuple[str, ...]:
        """The languages that the line speaks and a machine here writes out."""
        trusts, settings = self.hears.trusts, self.settings
        return tuple(
            code
            for code in (each.code.partition("-")[0] for each in self.prompts.languages)
            if code in settings.speech_engines or trusts(code, settings.speech_model)
        )

    def transcriber(self, on_progress: Progress) -> Transcriber:
        """As `speech_pipeline`, for one of the workers that share the cores."""
        share = max(1, threads() // SPEAKING_WORKERS)
        return speech_pipeline(self.settings, on_progress, threads=share)

    @cached_property
    def apart(self) -> ApartTranscriber:
        """Hears what the engine of a worker failed on, with a smaller model if there is one."""
        settings = self.settings
        return ApartTranscriber(
            Order(
                engine=settings.speech_engine,
                model=smaller(settings.speech_engine, settings.speech_model, settings.model_cache),
                cache_dir=str(settings.model_cache.absolute()),
                prompts=str(settings.prompts),
                offered=tuple(language.code for language in self.prompts.languages),
                by_language=settings.speech_engines,
            ),
            tethered,
        )

    def equipment(self, worker: str, transcriber: Transcriber | None = None) -> Equipment:
        """What a worker of that name works with."""
        return Equipment(
            worker=worker,
            store=self.store,
            queue=self.queue,
            sealer=self.sealer,
            audio=self.audio,
            provider=self.provider,
            channels=self.channels,
            alerter=self.alerter,
            compose=lambda told, dossier: self.composer(told, dossier),
            caller_texts=self.caller_texts,
            clock=self.clock,
            trial_words=self.tells.elsewhere["test"],
            transcriber=transcriber,
            apart=self.apart,
            ranks=URGENT_RANKS if worker == QueueName.URGENT else frozenset(Rank),
        )
