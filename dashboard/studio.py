"""The pages on which what callers hear is recorded, listened to, kept and taken back."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.parts import View, add_pages
from dashboard.prompt_page import LanguagePage, SpokenLanguage, progress_of, rows_of, said_in
from reports.model import TakeSource
from reports.ports import AudioNotFound
from reports.services.prompts import NoSuchTake, choose_take, discard_take, propose_take
from reports.wording import same_words
from sounds.lengths import longest
from sounds.prompts import Unusable, telephone_quality

log = logging.getLogger(__name__)

LARGEST_RECORDING = 16 * 2**20
"""Bytes of a request that brings a recording: 90 s of stereo WAV as a studio makes it."""
LARGE = "propose_prompt"
"""The view that takes such a request; whoever is not logged in may not send it."""
SOURCES = frozenset({TakeSource.UPLOAD, TakeSource.MICROPHONE})


class Studio:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def prompt_languages(self) -> str:
        spoken = self._desk.spoken_now()
        with self._desk.store.read() as records:
            current = records.current_takes(said_in(spoken))
        progress = [progress_of(language, current) for language in spoken]
        return render_template("prompts.html", languages=progress)

    def prompts_of(self, code: str) -> str:
        language = self._language(code)
        with self._desk.store.read() as records:
            rows = rows_of(
                language,
                records.prompt_takes(code),
                records.prompt_choices(code),
                g.organizer.username,
            )
            progress = progress_of(language, records.current_takes(said_in([language])))
            names = {each.username: each.display_name for each in records.organizers()}
        page = LanguagePage(progress, rows, names, local_day(self._desk.clock(), self._desk))
        return render_template("prompt_language.html", page=page)

    def propose_prompt(self, code: str, prompt: str) -> ResponseReturnValue:
        """A recording, from the microphone or a file, becomes a draft or is refused."""
        words = self._words(code, prompt)
        if not same_words(request.form.get("said", words), words):
            # Who speaks them says what the page showed.
            flash("words_moved", prompt)
            return _back(code, prompt)
        brought = request.files.get("sound")
        audio = b"" if brought is None else brought.read()
        try:
            sound = telephone_quality(audio, longest(prompt))
        except Unusable as unusable:
            flash("nothing_brought" if not audio else unusable.fault.value, prompt)
            return _back(code, prompt)
        propose_take(
            self._desk.store,
            self._desk.audio,
            language=code,
            prompt=prompt,
            words=words,
            sound=sound.wave,
            seconds=sound.seconds,
            source=_wanted_source(),
            who=g.organizer.username,
            at=self._desk.clock(),
        )
        return _back(code, prompt)

    def choose_prompt(self, code: str, prompt: str) -> ResponseReturnValue:
        self._words(code, prompt)
        take_id = request.form.get("take") or None
        try:
            changed = choose_take(
                self._desk.store,
                language=code,
                prompt=prompt,
                take_id=take_id,
                who=g.organizer.username,
                at=self._desk.clock(),
            )
        except NoSuchTake:
            abort(404)
        if changed:
            flash("removed" if take_id is None else "kept", prompt)
        return _back(code, prompt)

    def discard_prompt(self, code: str, prompt: str) -> ResponseReturnValue:
        try:
            discard_take(
                self._desk.store,
                self._desk.audio,
                language=code,
                prompt=prompt,
                take_id=request.form.get("take", ""),
                who=g.organizer.username,
            )
        except NoSuchTake:
            abort(404)
        return _back(code, prompt)

    def prompt_sound(self, code: str, take_id: str) -> Response:
        """As it sounds on the telephone, drafts too; in parts if asked, so that seeking works."""
        with self._desk.store.read() as records:
            take = records.prompt_take(take_id)
        if take is None or take.language != code:
            abort(404)
        try:
            wave = self._desk.audio.get(take.sha256)
        except AudioNotFound:
            log.error("the sound of take %s is not where it was put", take_id)
            abort(404)
        return send_file(io.BytesIO(wave), mimetype="audio/wav", etag=take.sha256)

    def _language(self, code: str) -> SpokenLanguage:
        found = (each for each in self._desk.spoken_now() if each.code == code)
        return next(found, None) or abort(404)

    def _words(self, code: str, prompt: str) -> str:
        words = self._language(code).words.get(prompt)
        if words is None:
            abort(404)
        return words


def add_studio(blueprint: Blueprint, desk: Desk) -> None:
    """Puts the pages of prompts on a blueprint."""
    studio = Studio(desk)
    views: Mapping[str, View] = {
        "/prompts": studio.prompt_languages,
        "/prompts/<code>": studio.prompts_of,
        "/prompts/<code>/takes/<take_id>.wav": studio.prompt_sound,
    }
    acts: Mapping[str, View] = {
        "/prompts/<code>/<prompt>/takes": studio.propose_prompt,
        "/prompts/<code>/<prompt>/choice": studio.choose_prompt,
        "/prompts/<code>/<prompt>/discard": studio.discard_prompt,
    }
    add_pages(blueprint, views, acts)


def _back(code: str, prompt: str) -> ResponseReturnValue:
    return redirect(url_for(".prompts_of", code=code, _anchor=f"prompt-{prompt}"), 303)


def _wanted_source() -> TakeSource:
    said = request.form.get("source", TakeSource.UPLOAD)
    return TakeSource(said) if said in SOURCES else abort(400)
