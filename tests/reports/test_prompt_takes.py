"""What callers hear is recorded, kept and taken back, and who did it stays written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from reports.model import PromptChoice, PromptTake, TakeSource
from reports.ports import AudioNotFound
from reports.services.prompts import NoSuchTake, choose_take, discard_take, propose_take
from reports.store import SqlReportStore

AT = datetime(2026, 1, 15, 14, 10, 0, 123456, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


@dataclass
class Sounds:
    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, audio: bytes) -> None:
        self.kept[key] = audio

    def get(self, key: str) -> bytes:
        try:
            return self.kept[key]
        except KeyError:
            raise AudioNotFound(key) from None

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)


@pytest.fixture
def sounds() -> Sounds:
    return Sounds()


def records_it(store: SqlReportStore, sounds: Sounds, **told: Any) -> PromptTake:
    return propose_take(
        store,
        sounds,
        **{
            "language": "so",
            "prompt": "welcome",
            "words": "Soo dhawow.",
            "sound": b"a welcome",
            "seconds": 1.5,
            "source": TakeSource.MICROPHONE,
            "who": "hodan",
            "at": AT,
            **told,
        },
    )


def keeps(store: SqlReportStore, take: PromptTake, who: str = "hodan", at: datetime = AT) -> bool:
    return choose_take(
        store, language=take.language, prompt=take.prompt, take_id=take.take_id, who=who, at=at
    )


def current(store: SqlReportStore, words: str = "Soo dhawow.") -> dict[tuple[str, str], str]:
    """What is heard of the welcome where it is to say these words."""
    said = {("so", "welcome"): words, ("om", "welcome"): words, ("so", "goodbye"): words}
    with store.read() as records:
        return dict(records.current_takes(said))


def test_a_draft_is_heard_by_nobody_until_it_is_kept(store: SqlReportStore, sounds: Sounds) -> None:
    take = records_it(store, sounds)
    assert current(store) == {}
    assert sounds.get(take.sha256) == b"a welcome"
    with store.read() as records:
        assert records.prompt_takes("so") == [take]
        assert records.prompt_takes("om") == []
        assert records.prompt_take(take.take_id) == take
        assert records.is_prompt_sound(take.sha256)
        assert not records.is_prompt_sound("0" * 64)
    assert keeps(store, take)
    assert current(store) == {("so", "welcome"): take.sha256}


def test_each_language_and_prompt_has_a_recording_of_its_own(
    store: SqlReportStore, sounds: Sounds
) -> None:
    somali = records_it(store, sounds)
    oromo = records_it(store, sounds, language="om", sound=b"another")
    goodbye = records_it(store, sounds, prompt="goodbye", sound=b"a goodbye")
    for take in (somali, oromo, goodbye):
        keeps(store, take)
    assert current(store) == {
        ("so", "welcome"): somali.sha256,
        ("om", "welcome"): oromo.sha256,
        ("so", "goodbye"): goodbye.sha256,
    }


def test_an_earlier_take_or_none_is_made_current_again(
    store: SqlReportStore, sounds: Sounds
) -> None:
    first = records_it(store, sounds)
    keeps(store, first)
    second = records_it(store, sounds, sound=b"better", at=LATER)
    keeps(store, second, at=LATER)
    assert current(store) == {("so", "welcome"): second.sha256}
    assert keeps(store, first, who="ana", at=LATER)
    assert current(store) == {("so", "welcome"): first.sha256}
    assert not keeps(store, first, who="ana", at=LATER), "so it was already"
    choose_take(store, language="so", prompt="welcome", take_id=None, who="ana", at=LATER)
    assert current(store) == {}
    with store.read() as records:
        assert records.prompt_choices("so") == [
            PromptChoice("so", "welcome", first.take_id, AT, "hodan"),
            PromptChoice("so", "welcome", second.take_id, LATER, "hodan"),
            PromptChoice("so", "welcome", first.take_id, LATER, "ana"),
            PromptChoice("so", "welcome", None, LATER, "ana"),
        ]


def test_a_new_draft_takes_the_place_of_ones_own_and_of_nobody_elses(
    store: SqlReportStore, sounds: Sounds
) -> None:
    kept = records_it(store, sounds)
    keeps(store, kept)
    anas = records_it(store, sounds, sound=b"ana's", who="ana")
    worse = records_it(store, sounds, sound=b"worse")
    better = records_it(store, sounds, sound=b"better", at=LATER)
    with store.read() as records:
        assert {take.take_id for take in records.prompt_takes("so")} == {
            kept.take_id,
            anas.take_id,
            better.take_id,
        }
    assert worse.sha256 not in sounds.kept
    assert sounds.kept.keys() == {kept.sha256, anas.sha256, better.sha256}


def test_the_same_sound_again_is_not_lost_with_the_draft_that_it_replaces(
    store: SqlReportStore, sounds: Sounds
) -> None:
    records_it(store, sounds)
    again = records_it(store, sounds, at=LATER)
    assert sounds.get(again.sha256) == b"a welcome"


def test_a_draft_is_thrown_away_and_what_was_kept_is_not(
    store: SqlReportStore, sounds: Sounds
) -> None:
    draft = records_it(store, sounds)
    told: dict[str, Any] = {"language": "so", "prompt": "welcome", "take_id": draft.take_id}
    with pytest.raises(NoSuchTake):
        discard_take(store, sounds, **told, who="ana")
    discard_take(store, sounds, **told, who="hodan")
    discard_take(store, sounds, **told, who="hodan")
    assert sounds.kept == {}
    kept = records_it(store, sounds)
    keeps(store, kept)
    with pytest.raises(NoSuchTake):
        discard_take(store, sounds, **{**told, "take_id": kept.take_id}, who="hodan")
    with pytest.raises(sa.exc.IntegrityError), store.begin() as records:
        records.remove_prompt_take(kept.take_id)


def test_a_take_of_another_prompt_or_of_none_cannot_be_kept(
    store: SqlReportStore, sounds: Sounds
) -> None:
    take = records_it(store, sounds)
    for prompt, take_id in (("goodbye", take.take_id), ("welcome", "no such take")):
        with pytest.raises(NoSuchTake):
            choose_take(store, language="so", prompt=prompt, take_id=take_id, who="ana", at=AT)
    assert current(store) == {}
