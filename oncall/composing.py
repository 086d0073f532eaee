"""What each channel is handed of a message, as it is sent: no more than it may carry, and how it
can be answered there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from oncall.briefs import Carries, Tells, carried
from oncall.links import AnswerLinks
from reports.fields.reading import Reader
from reports.model import Dossier, Notification, NotificationKind
from reports.services.answers import OBSERVING

USUAL: Final[Mapping[str, Carries]] = MappingProxyType(
    {
        "sms": Carries.ALL,
        "voice": Carries.ALL,
        # Mail servers keep what passes through them.
        "email": Carries.PLACE,
        # Sealed for the browser, and then on a screen that others may look at.
        "push": Carries.PLACE,
        # Anybody's service, and of some anybody reads along.
        "apprise": Carries.NOTHING,
        "console": Carries.NOTHING,
    }
)
"""By channel, where the settings say nothing else."""
NEVER_MORE: Final[Mapping[str, Carries]] = MappingProxyType({"console": Carries.NOTHING})
ASKS: Final = frozenset({NotificationKind.ALERT, NotificationKind.REMINDER})
"""What wants an answer."""


def parse_carries(text: str) -> Mapping[str, Carries]:
    """Reads 'email=all,apprise=place'; the others have what is usual.

    Raises:
        ValueError: it is not written so, or a channel may not carry that.
    """
    carries = dict(USUAL)
    for part in filter(None, (part.strip() for part in text.split(","))):
        channel, _, what = part.partition("=")
        if channel not in USUAL or what not in set(Carries):
            known = ", ".join(USUAL)
            raise ValueError(f"{part!r}: write channel=all, place or nothing; channels: {known}")
        carries[channel] = Carries(what)
        if carries[channel] is not NEVER_MORE.get(channel, carries[channel]):
            raise ValueError(f"{part!r}: {channel} carries {NEVER_MORE[channel]} and no more")
    return MappingProxyType(carries)


@dataclass(frozen=True, slots=True)
class Composer:
    """A `reports.services.notices.Compose`."""

    tells: Tells
    reader: Reader
    public_url: str
    links: AnswerLinks
    carries: Mapping[str, Carries]
    takes_texts: bool
    """Whether an alert by text can be answered by one."""

    def __call__(self, notification: Notification, dossier: Dossier) -> str:
        if notification.kind in OBSERVING:
            # Written for its channel when it was meant: see `oncall.dispatching`.
            return notification.body
        carries = self.carries.get(notification.channel, Carries.NOTHING)
        body = notification.body
        # A bundle has places and how often they were named, and nothing else.
        is_places = notification.kind is NotificationKind.BUNDLE and carries is Carries.PLACE
        if carries is not Carries.ALL and not is_places:
            kind, reading = notification.kind, self.reader.read(dossier)
            body = carried(carries, dossier, kind, self.tells, self.public_url, reading)
        # Where nothing may be carried others may read along, and the link is a key.
        if notification.kind not in ASKS or carries is Carries.NOTHING:
            return body
        if dossier.is_rehearsal:
            # An answer by text is of the last alert: let that be one of a call.
            return body
        if notification.channel == "sms" and self.takes_texts:
            how = self.tells.answers["by_text"]
        else:
            how = self.tells.answers["by_link"].format(
                link=self.links.link(notification.notification_id)
            )
        return self.tells.words["separator"].join((body, how))
