"""Keys pressed and transcripts -> the fields of a report. Pure, one module a field.

Fields are never stored: they are worked out from what is, each time they are shown. So two workers
that finish at once cannot overwrite each other's, and better rules are at once true of old reports.
A value that nobody gave is None: null beats a guess.
"""

from reports.fields.account import account
from reports.fields.callback import callback_allowed
from reports.fields.officers import officers
from reports.fields.place import place
from reports.fields.presence import family_taken, happening_now, still_there
from reports.fields.time import seen_at
from reports.fields.urgency import rank_of, turn_of, urgency_of
from reports.model import Dossier, ReportFields


def report_fields(dossier: Dossier) -> ReportFields:
    """All that is known of a report so far."""
    call = dossier.call
    return ReportFields(
        happening_now=happening_now(call),
        place=place(dossier),
        officers=officers(call),
        still_there=still_there(call),
        seen_at=seen_at(call),
        callback_allowed=callback_allowed(call),
        account=account(dossier),
    )


__all__ = [
    "account",
    "callback_allowed",
    "family_taken",
    "happening_now",
    "officers",
    "place",
    "rank_of",
    "report_fields",
    "seen_at",
    "still_there",
    "turn_of",
    "urgency_of",
]
