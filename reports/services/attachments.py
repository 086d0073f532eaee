"""What comes with a text message: announced, fetched and sealed, erased at the provider.

Work is begun by setting `next_attempt_at` to the end of a lease: a worker that dies, or stumbles
over what nobody foresaw, leaves a row that the sweeper takes up after it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from reports.custody import SYSTEM, Deed, attachment_subject
from reports.model import Attachment, AttachmentState, TextMessage, advance
from reports.ports import (
    AudioStore,
    Job,
    JobQueue,
    MediaMissing,
    MediaRefused,
    PhoneProvider,
    ProviderRefused,
    ProviderUnavailable,
    Records,
    ReportStore,
)
from reports.services.recordings import (
    FETCH_LEASE,
    MISSING_FOR,
    UNREACHABLE_FOR,
    ReadBackFailed,
    pause_after,
)

log = logging.getLogger(__name__)

TAKEN: Final = frozenset(
    {
        *("image/jpeg", "image/jpg", "image/png", "image/gif", "image/webp"),
        *("image/heic", "image/heif"),
        *("audio/amr", "audio/3gpp", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/mpeg"),
        *("audio/mp3", "audio/ogg", "audio/wav", "audio/x-wav", "audio/vnd.wave"),
    }
)
"""Types of content that telephones send as pictures and sounds
(https://www.twilio.com/docs/messaging/guides/accepted-mime-types). A video is none: it is large,
shows the most of the most people, and nobody can look it through in seconds."""
MOST: Final = 10
"""Attachments of one message (https://www.twilio.com/docs/messaging/api/media-resource)."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class IncomingMedia:
    """One attachment as the provider announces it."""

    media_sid: str
    content_type: str


def announce_attachments(
    records: Records, message: TextMessage, media: Sequence[IncomingMedia]
) -> tuple[str, ...]:
    """Notes what came with a message. Returns the MediaSids that should be fetched."""
    fetch = []
    for incoming in media[:MOST]:
        content_type = incoming.content_type.partition(";")[0].strip().lower()[:100]
        refusal = _refusal(content_type)
        added = records.add_attachment(
            Attachment(
                media_sid=incoming.media_sid,
                message_sid=message.message_sid,
                call_sid=message.call_sid,
                content_type=content_type,
                announced_at=message.at,
                changed_at=message.at,
                state=AttachmentState.REFUSED if refusal else AttachmentState.ANNOUNCED,
                reason=refusal,
            )
        )
        if added and refusal is None:
            fetch.append(incoming.media_sid)
    return tuple(fetch)


def _refusal(content_type: str) -> str | None:
    if content_type in TAKEN:
        return None
    if content_type.startswith("video/"):
        return "a video: only pictures and sounds are taken"
    return "only pictures and sounds are taken"


def store_attachment(
    store: ReportStore,
    queue: JobQueue,
    provider: PhoneProvider,
    files: AudioStore,
    *,
    media_sid: str,
    clock: Clock,
) -> None:
    """Fetches what came with a text, seals and reads it back; then asks for the erasure."""
    attachment = _take_up(store, media_sid, clock())
    if attachment is None:
        return
    try:
        media = provider.fetch_attachment(
            attachment.message_sid, media_sid, attachment.content_type
        )
    except MediaRefused as refusal:
        _settle(store, media_sid, AttachmentState.REFUSED, clock(), reason=str(refusal))
        return
    except (MediaMissing, ProviderUnavailable) as failure:
        _later(store, attachment, clock(), missing=isinstance(failure, MediaMissing))
        return
    sha256 = hashlib.sha256(media).hexdigest()
    files.put(media_sid, media)
    if hashlib.sha256(files.get(media_sid)).hexdigest() != sha256:
        raise ReadBackFailed("the audio store gave back other bytes than it was given")
    _settle(store, media_sid, AttachmentState.STORED, clock(), sha256=sha256, size=len(media))
    queue.put(Job.ERASE_ATTACHMENT, media_sid)


def erase_attachment(
    store: ReportStore,
    provider: PhoneProvider,
    files: AudioStore,
    *,
    media_sid: str,
    clock: Clock,
) -> None:
    """Deletes the provider's copy, once more made sure that ours is whole.

    A provider that is away is asked again by the sweeper: until then the row says 'not erased'.
    """
    with store.read() as records:
        attachment = records.attachment(media_sid)
    if (
        attachment is None
        or attachment.stored_at is None
        or attachment.erased_at_provider_at is not None
    ):
        return
    if hashlib.sha256(files.get(media_sid)).hexdigest() != attachment.sha256:
        raise ReadBackFailed("our copy is not what arrived; the provider's is kept")
    try:
        provider.erase_attachment(attachment.message_sid, media_sid)
    except (ProviderUnavailable, ProviderRefused):
        log.warning("attachment %s is still at the provider", media_sid)
        return
    at = clock()
    with store.begin() as records:
        held = records.attachment(media_sid)
        if held is not None and held.erased_at_provider_at is None:
            records.save_attachment(replace(held, erased_at_provider_at=at))
            records.append_custody(
                at,
                f"{SYSTEM}{Job.ERASE_ATTACHMENT}",
                Deed.ERASED_AT_PROVIDER,
                attachment_subject(media_sid),
                {},
            )
            records.touch(held.call_sid, at)


def _take_up(store: ReportStore, media_sid: str, at: datetime) -> Attachment | None:
    with store.begin() as records:
        held = records.attachment(media_sid)
        if held is None or held.state is not AttachmentState.ANNOUNCED:
            log.info("attachment %s is not waiting to be fetched", media_sid)
            return None
        if held.next_attempt_at is not None and held.next_attempt_at > at:
            log.info("attachment %s is not due", media_sid)
            return None
        held = replace(held, attempts=held.attempts + 1, next_attempt_at=at + FETCH_LEASE)
        records.save_attachment(held)
    return held


def _later(store: ReportStore, attachment: Attachment, at: datetime, *, missing: bool) -> None:
    reason = "the provider does not have it" if missing else "the provider is away"
    if at - attachment.announced_at > (MISSING_FOR if missing else UNREACHABLE_FOR):
        _settle(store, attachment.media_sid, AttachmentState.FAILED, at, reason=reason)
        log.error("attachment %s could not be had", attachment.media_sid)
        return
    with store.begin() as records:
        held = records.attachment(attachment.media_sid)
        if held is None or held.state is not AttachmentState.ANNOUNCED:
            return
        records.save_attachment(
            replace(held, next_attempt_at=at + pause_after(held.attempts), reason=reason)
        )
        records.touch(held.call_sid, at)


def _settle(
    store: ReportStore,
    media_sid: str,
    to: AttachmentState,
    at: datetime,
    *,
    reason: str | None = None,
    sha256: str | None = None,
    size: int | None = None,
) -> None:
    with store.begin() as records:
        held = records.attachment(media_sid)
        if held is None or held.state is not AttachmentState.ANNOUNCED:
            return
        records.save_attachment(
            replace(
                held,
                state=advance(held.state, to),
                changed_at=at,
                stored_at=at if to is AttachmentState.STORED else None,
                sha256=sha256,
                size=size,
                reason=reason,
                next_attempt_at=None,
            )
        )
        if sha256 is not None:
            records.append_custody(
                at,
                f"{SYSTEM}{Job.FETCH_ATTACHMENT}",
                Deed.ATTACHMENT_STORED,
                attachment_subject(media_sid),
                {"sha256": sha256, "size": str(size)},
            )
        records.touch(held.call_sid, at)
