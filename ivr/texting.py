"""What the provider asks when a text message comes in, and what it is answered.

https://www.twilio.com/docs/messaging/guides/webhook-request. Twilio's names stop here. Where a
picture is to be had is never taken from the request: of its address only the MediaSid is read, and
the worker asks the provider for it.

What goes wrong inside is answered by an error, unlike a call: the provider keeps the message, and
asks again if it was told to (docs/connect-twilio.md).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, request
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.exceptions import HTTPException

from ivr.signature import Guard
from reports.numbers import caller_number
from reports.ports import JobQueue, ReportStore, Sealer
from reports.services.answers import Answered, AnswerWords
from reports.services.attachments import MOST, IncomingMedia
from reports.services.observing import Replied, ReplyWords
from reports.services.texts import CallerTexts, IncomingText, receive_text

log = logging.getLogger(__name__)

_MESSAGE_SID = re.compile(r"[0-9A-Za-z-]{10,64}")
_MEDIA_SID = re.compile(r"/Media/([0-9A-Za-z-]{10,64})(?:$|[/?#.])")


@dataclass(frozen=True, slots=True)
class AnswerTexts:
    """How organizers answer an alert by text, and what they read in return."""

    words: AnswerWords
    says: Mapping[str, str]
    """By outcome, in the organizers' language."""

    def say(self, answered: Answered) -> str:
        return self.says[answered.outcome].format(reference=answered.reference)


@dataclass(frozen=True, slots=True)
class ObserverTexts:
    """How people answer who are asked to observe, and what they read in return."""

    words: ReplyWords
    say: Callable[[Replied], str]


@dataclass(frozen=True, slots=True)
class Texting:
    """What the webhook needs."""

    store: ReportStore
    queue: JobQueue
    sealer: Sealer
    texts: CallerTexts
    language_of: Callable[[str], str | None]
    answers: AnswerTexts
    observers: ObserverTexts
    guard: Guard
    clock: Callable[[], datetime]


def texting(line: Texting) -> Blueprint:
    """The blueprint: /sms/incoming is told of every message to the hotline's number."""
    sms = Blueprint("sms", __name__, url_prefix="/sms")

    @sms.before_request
    def refuse_strangers() -> None:
        if not line.guard.admits(request):
            log.warning("a request without the provider's signature was refused: %s", request.path)
            abort(403)

    @sms.errorhandler(Exception)
    def say_so(error: Exception) -> Response | HTTPException:
        if isinstance(error, HTTPException):
            return error
        log.error("%s in %s: the message is still at the provider", type(error).__name__, "/sms")
        log.debug("traceback", exc_info=error)
        return Response(status=500)

    @sms.post("/incoming")
    def incoming() -> Response:
        message_sid = request.form.get("MessageSid", "")
        if not _MESSAGE_SID.fullmatch(message_sid):
            abort(400, "MessageSid is missing or no SID")
        reply = receive_text(
            line.store,
            line.queue,
            line.sealer,
            incoming=IncomingText(
                message_sid=message_sid,
                sender=caller_number(request.form.get("From")),
                # Nobody types it, and PostgreSQL refuses a whole row for it.
                body=request.form.get("Body", "").replace("\0", ""),
                media=tuple(_media()),
                # https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
                answered="OptOutType" in request.form,
            ),
            language_of=line.language_of,
            answer_words=line.answers.words,
            reply_words=line.observers.words,
            at=line.clock(),
        )
        answer = MessagingResponse()
        if isinstance(reply, Answered):
            answer.message(line.answers.say(reply))
        elif isinstance(reply, Replied):
            answer.message(line.observers.say(reply))
        elif reply is not None:
            answer.message(line.texts.say(reply.text, reply.language, reply.reference))
        return Response(str(answer), mimetype="text/xml")

    return sms


def _media() -> Iterator[IncomingMedia]:
    for index in range(min(request.form.get("NumMedia", 0, type=int), MOST)):
        found = _MEDIA_SID.search(request.form.get(f"MediaUrl{index}", ""))
        if found is None:
            log.warning("an attachment whose address holds no MediaSid was passed over")
            continue
        yield IncomingMedia(found[1], request.form.get(f"MediaContentType{index}", ""))
