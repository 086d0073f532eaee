"""The pages on which the words callers hear are changed, and taken back, while the line runs.

Why so: docs/decisions/0039-words-at-the-desk.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from dashboard.desk import Desk
from dashboard.inbox import local_day
from dashboard.parts import View, add_pages, names_of
from dashboard.prompt_page import SpokenLanguage, said_in
from dashboard.wording_page import (
    Effects,
    changed_words,
    effects_of,
    file_words,
    known_of,
    last_of_words,
    lines_of_prompt,
    read_words,
    value_of,
    words_before,
)
from reports.services.settings import set_all, undo
from reports.settings import standing
from reports.wording import Unsayable, is_text, name_of, needed, seconds_to_say
from sounds.lengths import longest


class WordingPages:
    """The views."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # What is shown

    def changed_prompts(self) -> str:
        """All words that are others than the files'."""
        desk = self._desk
        spoken = desk.spoken_now()
        with desk.store.read() as records:
            changes = records.settings.changes()
            names = names_of(records)
        return render_template(
            "changed_words.html",
            languages=spoken,
            changed=changed_words(spoken, changes),
            hand=last_of_words(changes),
            names=names,
            today=local_day(desk.clock(), desk),
        )

    def prompt_words(self, code: str, prompt: str) -> str:
        return self._page(self._language(code, prompt), prompt)

    def _page(
        self,
        language: SpokenLanguage,
        prompt: str,
        *,
        typed: str | None = None,
        refused: Unsayable | None = None,
        confirm: Mapping[str, Any] | None = None,
    ) -> str:
        """`typed`: what was sent; `refused`: why it cannot be kept; `confirm`: what is asked
        before it is."""
        desk = self._desk
        place = (language.code, prompt)
        with desk.store.read() as records:
            changes = records.settings.changes()
            current = records.current_takes(said_in([language]))
            names = names_of(records)
        now = language.text_of(prompt) or ""
        filed = file_words(language, prompt)
        return render_template(
            "prompt_wording.html",
            language=language,
            prompt=prompt,
            is_text=is_text(prompt),
            now=now,
            filed=filed,
            typed=now if typed is None else typed,
            seconds=seconds_to_say(now),
            filed_seconds=seconds_to_say(filed),
            longest=longest(prompt),
            needed=sorted(needed(prompt)),
            recorded=place in current,
            unsayable=place in desk.rulebook.wording().unsayable,
            lines=lines_of_prompt(language, prompt, changes),
            known=known_of(language, prompt, changes),
            refused=refused,
            confirm=confirm,
            names=names,
            today=local_day(desk.clock(), desk),
        )

    # What is done

    def change_words(self, code: str, prompt: str) -> ResponseReturnValue:
        """Other words, or the file's again."""
        language = self._language(code, prompt)
        if self._moved(language, prompt):
            return _back(code, prompt, "wording_moved")
        typed = (
            file_words(language, prompt)
            if request.form.get("as_filed") == "yes"
            else request.form.get("words", "")
        )
        try:
            text = read_words(prompt, typed)
        except Unsayable as refused:
            return self._page(language, prompt, typed=typed, refused=refused), 400
        if (asked := self._asked(language, prompt, text)) is not None:
            return self._page(language, prompt, typed=text, confirm={"effects": asked, "to": text})
        made = set_all(
            self._desk.store,
            values={name_of(code, prompt): value_of(language, prompt, text)},
            **self._by(),
        )
        self._desk.rulebook.forget()
        return _back(code, prompt, "wording_kept" if made else "wording_same")

    def undo_words(self, code: str, prompt: str) -> ResponseReturnValue:
        """The words of before hold again."""
        language = self._language(code, prompt)
        with self._desk.store.read() as records:
            changes = records.settings.changes()
        held = standing(changes).get(name_of(code, prompt))
        # Only what holds now: what lies under another change would not be seen to be undone.
        if held is None or str(held.change_id) != request.form.get("change"):
            return _back(code, prompt, "wording_moved")
        change_id = held.change_id or 0
        text = words_before(language, prompt, changes, change_id)
        if (asked := self._asked(language, prompt, text)) is not None:
            confirm = {"effects": asked, "to": text, "undoes": change_id}
            return self._page(language, prompt, confirm=confirm)
        undone = undo(self._desk.store, change_ids=[change_id], **self._by())
        self._desk.rulebook.forget()
        return _back(code, prompt, "wording_undone" if undone else "wording_moved")

    def _asked(self, language: SpokenLanguage, prompt: str, text: str) -> Effects | None:
        """What somebody is told before these words are kept; None: nothing, or they were."""
        if request.form.get("confirmed") == "yes" or text == language.text_of(prompt):
            return None
        then = language.with_words(prompt, text)
        with self._desk.store.read() as records:
            effects = effects_of(
                language,
                prompt,
                text,
                records.current_takes(said_in([language])),
                records.current_takes(said_in([then])),
            )
        return effects if effects.asked_about else None

    def _moved(self, language: SpokenLanguage, prompt: str) -> bool:
        with self._desk.store.read() as records:
            changes = records.settings.changes()
        return known_of(language, prompt, changes) != request.form.get("known", "0")

    def _language(self, code: str, prompt: str) -> SpokenLanguage:
        """As it is now, if it has that prompt."""
        for language in self._desk.spoken_now():
            if language.code == code and language.text_of(prompt) is not None:
                return language
        abort(404)

    def _by(self) -> dict[str, Any]:
        return {"who": g.organizer.username, "at": self._desk.clock()}


def add_wording(blueprint: Blueprint, desk: Desk) -> None:
    """Puts the pages of callers' words on a blueprint."""
    here = WordingPages(desk)
    one = "/prompts/<code>/<prompt>/words"
    views: Mapping[str, View] = {
        "/settings/words": here.changed_prompts,
        one: here.prompt_words,
    }
    acts: Mapping[str, View] = {one: here.change_words, f"{one}/undo": here.undo_words}
    add_pages(blueprint, views, acts)


def _back(code: str, prompt: str, said: str) -> ResponseReturnValue:
    flash("", said)
    return redirect(url_for(".prompt_words", code=code, prompt=prompt), 303)
