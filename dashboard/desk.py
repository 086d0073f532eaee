"""What the pages and the API need of the world."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from dashboard.prompt_page import ScriptQuestion, SpokenLanguage
from dashboard.setup_page import Check
from dashboard.tiles import Tiles
from exports.services import Exporter
from oncall.dispatching import Dispatcher
from oncall.escalation import Due
from oncall.links import AnswerLinks
from oncall.ruling import Rulebook
from oncall.waiting import Clocks
from reports.fields.reading import Reader
from reports.fields.second import SecondReader
from reports.model import Dossier
from reports.ports import AudioStore, JobQueue, Records, ReportStore, Sealer
from reports.pressure import Limits
from reports.services.rehearsals import RehearsedText


class RehearsesText(Protocol):
    """Raises `reports.services.rehearsals.NotFictional`."""

    def __call__(self, *, who: str, number: str, body: str, tells: bool) -> RehearsedText: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The dependencies of the dashboard, given once by whoever wires the application."""

    store: ReportStore
    queue: JobQueue
    audio: AudioStore
    sealer: Sealer
    clock: Callable[[], datetime]
    """The time now, aware and in UTC."""
    answer_links: AnswerLinks
    """By which a report is taken up without logging in."""
    dispatcher: Dispatcher
    """Sends people out to observe."""
    exporter: Exporter
    """Has things leave."""
    reader: Reader
    """What understands reports."""
    second_reader: SecondReader | None = None
    """Who is asked for a second opinion, where the group has somebody to ask."""
    next_asked: Callable[[Records, Dossier], Sequence[Due]]
    """Whom the line asks next of a report that nobody takes up."""
    rulebook: Rulebook
    """What may be set at the desk, as it is set now."""
    zone: ZoneInfo
    """In which people see times."""
    hotline_number: str
    """E.164; shown to organizers who have no report yet."""
    api_token: str = field(repr=False)
    push_key: str = ""
    """By which browsers subscribe to notifications; without one they do not."""
    public_url: str = ""
    """Where people reach the pages, whose passkeys they hold; without one there are none."""
    channels: Collection[str] = ("sms", "voice", "apprise")
    """Names of the ways to reach organizers that this line has."""
    checks: Callable[[], Iterable[Check]] | None = None
    """Asks the provider and the line's own address whether all is well; takes seconds."""
    second_factor_required: bool = False
    """Whoever has no second factor sets one up and can do nothing else."""
    language_names: Mapping[str, str]
    """BCP-47 code -> the name that organizers know the language by."""
    question_titles: Mapping[str, str]
    """Id of a question of the script -> a few words for it, such as 'Where'."""
    written_out: Sequence[str] = ()
    """Codes of the languages that a machine here writes out."""
    spoken: Sequence[SpokenLanguage] = ()
    """The languages whose prompts are recorded here, in the order of their keys, with the words of
    their files."""
    questions: Sequence[ScriptQuestion] = ()
    """All that the script asks, in its order."""
    tiles: Tiles | None = None
    """Pictures for the map; None: it is drawn here."""
    rehearsal_line: Callable[[str, Mapping[str, str]], str] | None = None
    """Asks the line's own webhooks as a telephone company does, by path and form, about calls that
    are rehearsed; None: nobody rehearses here."""
    rehearsal_texts: RehearsesText | None = None
    """Writes to the line in rehearsal; None: nobody does here."""
    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    """By default the parameters that RFC 9106 recommends where memory is scarce (64 MiB)."""

    @property
    def clocks(self) -> Clocks:
        """Within how long somebody takes up a report."""
        return self.rulebook.now().clocks

    @property
    def limits(self) -> Limits:
        """What counts as a flood when a person has it decided by the calls again."""
        return self.rulebook.now().limits

    def spoken_now(self) -> tuple[SpokenLanguage, ...]:
        """The languages with the words that callers hear in this moment."""
        # Another process may have changed them.
        self.rulebook.forget()
        wording = self.rulebook.wording()
        return tuple(language.worded(wording) for language in self.spoken)

    def language_name(self, code: str | None) -> str | None:
        """None for none; a language without a name is shown by its code."""
        return None if code is None else self.language_names.get(code, code)

    def question_title(self, question: str) -> str:
        return self.question_titles.get(question, question)
