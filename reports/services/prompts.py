"""What callers hear: takes are made, chosen, taken back; each choice is kept with who and when."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from reports.model import PromptChoice, PromptTake, TakeSource
from reports.ports import AudioStore, ReportStore


class NoSuchTake(LookupError):
    """There is no take of that id of that prompt."""


def propose_take(
    store: ReportStore,
    audio: AudioStore,
    *,
    language: str,
    prompt: str,
    words: str,
    sound: bytes,
    seconds: float,
    source: TakeSource,
    who: str,
    at: datetime,
) -> PromptTake:
    """A new draft, in place of the one that the same person had of the prompt.

    `sound` is in telephone quality already; `words` are those that were to be said.
    """
    take = PromptTake(
        take_id=secrets.token_hex(16),
        language=language,
        prompt=prompt,
        sha256=hashlib.sha256(sound).hexdigest(),
        seconds=seconds,
        made_at=at,
        made_by=who,
        source=source,
        words=words,
    )
    # The sound first: a row without its sound would be silence on the line.
    audio.put(take.sha256, sound)
    with store.begin() as records:
        chosen = {choice.take_id for choice in records.prompt_choices(language)}
        replaced = [
            draft
            for draft in records.prompt_takes(language)
            if draft.prompt == prompt and draft.made_by == who and draft.take_id not in chosen
        ]
        for draft in replaced:
            records.remove_prompt_take(draft.take_id)
        records.add_prompt_take(take)
    for draft in replaced:
        _forget_sound(store, audio, draft.sha256)
    return take


def choose_take(
    store: ReportStore, *, language: str, prompt: str, take_id: str | None, who: str, at: datetime
) -> bool:
    """From now on callers hear that take at the prompt; None: no recording. False: so it was.

    Raises:
        NoSuchTake
    """
    with store.begin() as records:
        take = None if take_id is None else records.prompt_take(take_id)
        if take_id is not None and (
            take is None or (take.language, take.prompt) != (language, prompt)
        ):
            raise NoSuchTake(take_id)
        before = next(
            (
                choice.take_id
                for choice in reversed(records.prompt_choices(language))
                if choice.prompt == prompt
            ),
            None,
        )
        if before == take_id:
            return False
        records.add_prompt_choice(PromptChoice(language, prompt, take_id, at, who))
    return True


def discard_take(
    store: ReportStore, audio: AudioStore, *, language: str, prompt: str, take_id: str, who: str
) -> None:
    """Throws a draft of one's own away; one that is gone counts as thrown away.

    Raises:
        NoSuchTake: it is another's, of another prompt, or was kept: what was kept stays.
    """
    with store.begin() as records:
        take = records.prompt_take(take_id)
        if take is None:
            return
        chosen = {choice.take_id for choice in records.prompt_choices(language)}
        if (take.language, take.prompt, take.made_by) != (language, prompt, who) or (
            take_id in chosen
        ):
            raise NoSuchTake(take_id)
        records.remove_prompt_take(take_id)
    _forget_sound(store, audio, take.sha256)


def _forget_sound(store: ReportStore, audio: AudioStore, sha256: str) -> None:
    """Unless another take sounds just like it."""
    with store.read() as records:
        if records.is_prompt_sound(sha256):
            return
    audio.delete(sha256)
