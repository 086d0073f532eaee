"""The line as somebody at the desk rehearses it: the same webhooks, and no door from outside.

An application of its own that no server listens for, so no request of anybody's can reach it: what
it is asked comes from this process, about calls that `reports.services.rehearsals` began. It rings
nobody, and records no prompts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Flask, Request
from werkzeug.test import Client

from ivr.dialects import TWILIO
from ivr.telephone import Telephone
from ivr.texting import Texting
from ivr.webhooks import webhooks
from reports.services.rehearsals import RehearsedText, rehearse_text


class _Inside:
    """A `Guard` of what nobody else can ask."""

    def admits(self, request: Request) -> bool:  # noqa: ARG002  # whatever it is
        return True


class RehearsalTexts:
    """Writes to the line as somebody rehearses it, in the words that the line answers with."""

    def __init__(self, line: Texting) -> None:
        self._line = line

    def __call__(self, *, who: str, number: str, body: str, tells: bool) -> RehearsedText:
        """Raises:
        NotFictional
        """
        line = self._line
        return rehearse_text(
            line.store,
            line.queue,
            line.sealer,
            who=who,
            number=number,
            body=body,
            tells=tells,
            language_of=line.language_of,
            texts=line.texts,
            at=line.clock(),
        )


class RehearsalLine:
    """Asked as a telephone company that speaks Twilio's protocol asks."""

    def __init__(self, line: Telephone) -> None:
        app = Flask(__name__, static_folder=None)
        here = replace(
            line, guard=_Inside(), people_on_shift=lambda _at: (), studio=None, dialect=TWILIO
        )
        app.register_blueprint(webhooks(here))
        self._client = Client(app)

    def __call__(self, path: str, form: Mapping[str, str]) -> str:
        """The TwiML that is answered; '' where nothing is to be heard."""
        return self._client.post(path, data=dict(form)).get_data(as_text=True)
