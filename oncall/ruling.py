"""What may be set at the desk, as it holds at an instant. Pure; who reads it, `Rulebook` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from oncall.briefs import Carries
from oncall.composing import USUAL as USUALLY_CARRIED
from oncall.waiting import Clocks
from reports.fields.priority import FAMILY, Priority
from reports.pressure import Limits
from reports.settings import Setting
from reports.wording import Wording

A_MINUTE: Final = timedelta(minutes=1)
CHANNELS: Final = tuple(USUALLY_CARRIED)
CLOCKS: Final = (*Priority, FAMILY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What each means: `config.Settings`."""

    languages_off: frozenset[str] = frozenset()
    """Left out of the greeting; whoever presses their keys is served in them all the same."""
    language_order: tuple[str, ...] = ()
    questions_off: frozenset[str] = frozenset()
    """Ids of questions that are not asked; the script says which may be left out."""
    carries: Mapping[str, Carries] = field(default_factory=lambda: USUALLY_CARRIED)
    clocks: Clocks = field(default_factory=Clocks)
    limits: Limits = field(default_factory=Limits)
    keep_callers: timedelta = timedelta(days=30)


def written(rules: Rules) -> Mapping[Setting, str]:
    """Each as the environment would have it written, always in the same way."""
    quiet = rules.clocks.quiet
    return {
        Setting.LANGUAGES_OFF: ",".join(sorted(rules.languages_off)),
        Setting.LANGUAGE_ORDER: ",".join(rules.language_order),
        Setting.QUESTIONS_OFF: ",".join(sorted(rules.questions_off)),
        Setting.CHANNELS_CARRY: ",".join(f"{name}={rules.carries[name]}" for name in CHANNELS),
        Setting.TAKE_UP_WITHIN: ",".join(
            f"{name}={rules.clocks.within.get(name, timedelta()) // A_MINUTE}" for name in CLOCKS
        ),
        Setting.QUIET_HOURS: "" if quiet is None else str(quiet),
        Setting.CALLER_CALLS_AN_HOUR: str(rules.limits.caller_an_hour),
        Setting.WITHHELD_CALLS_AN_HOUR: str(rules.limits.withheld_an_hour),
        Setting.FLOOD_CALLS: str(rules.limits.flood_calls),
        Setting.FLOOD_CHECK: "true" if rules.limits.check else "false",
        Setting.RETAIN_CALLER_DAYS: str(rules.keep_callers.days),
    }


class Rulebook(Protocol):
    """Where the rules stand that hold now: the environment's, unless the desk set others."""

    def now(self) -> Rules:
        """Never fails: where the database cannot be read, what was read last."""

    def wording(self, began: datetime | None = None) -> Wording:
        """What callers hear and are asked; of a call that began then, as it was set by then, so
        that it goes on as it began. Never fails: as `now`, and at worst the words of the files."""

    def as_set_up(self) -> Rules:
        """As the environment has them."""

    def read(self, name: Setting, text: str) -> object:
        """A value, written as in the environment, by the environment's rules.

        Raises:
            ValueError: it may not be so; `str()` says what should be written.
        """

    def forget(self) -> None:
        """Something was set just now: what was read before counts no more."""
