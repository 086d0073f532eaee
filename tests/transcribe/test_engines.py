"""Real weights on spoken calls. The weights come from the packages of requirements-weights.txt."""

from __future__ import annotations

import io
import re
import unicodedata
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from faster_whisper.transcribe import WhisperModel
from hypothesis import given
from hypothesis import strategies as st

from reports.model import RecordingState, Segment
from reports.ports import Samples, SpeechEngine
from simulator.spoken import line_sound, line_sounds, spoken_call
from transcribe.audio import RATE, decode, seconds
from transcribe.checkpoint import read_ctranslate2
from transcribe.engines import UnknownEngine, faster_whisper, load_engine, whisper
from transcribe.engines.decoding import frames_to_encode
from transcribe.engines.scripted import Answer, ScriptedEngine
from transcribe.hears import load_hears
from transcribe.pipeline import SpeechPipeline
from transcribe.quality import LOOPING_COMPRESSION
from transcribe.weights import BadWeights, ctranslate2_folder, openai_checkpoint

CACHE = Path("var/test-cache")
HEARS = load_hears(Path("prompts"))
CALLS = ("en-lake-bloomington", "en-38th-and-4th", "es-cedar-riverside", "es-franklin")


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))


def heard(engine: SpeechEngine, sound: Samples, language: str) -> tuple[Segment, ...]:
    (segments,) = engine.hear([sound], language)
    return segments


@pytest.fixture(scope="module")
def reference() -> whisper.OpenAIWhisper:
    return whisper.load("base", CACHE, lambda _: None)


@pytest.fixture(scope="module")
def quick() -> SpeechEngine:
    return load_engine("faster-whisper", "base", cache_dir=CACHE)


@pytest.mark.whisper
@pytest.mark.timeout(300)
def test_both_engines_say_the_same_greedily() -> None:
    reference = whisper.load("base", CACHE, lambda _: None, margin=None)
    peer = faster_whisper.load(
        "base", CACHE, lambda _: None, compute_type="float32", beam=1, margin=None
    )
    for name in CALLS:
        call = spoken_call(name)
        for spoken in (call.where, call.what):
            samples = decode(spoken.path.read_bytes())
            ours, theirs = (
                " ".join(segment.text for segment in heard(engine, samples, call.language))
                for engine in (reference, peer)
            )
            assert words(ours) == words(theirs), spoken.path.name


@pytest.mark.whisper
@pytest.mark.timeout(300)
def test_several_pieces_heard_at_once_say_what_each_says_alone(quick: SpeechEngine) -> None:
    spoken = [s for call in map(spoken_call, CALLS[:2]) for s in (call.where, call.what)]
    sounds = [decode(each.path.read_bytes()) for each in spoken]
    together = quick.hear(sounds, "en")
    assert len(together) == len(sounds)
    for sound, segments in zip(sounds, together, strict=True):
        alone = heard(quick, sound, "en")
        said, known = (words(" ".join(one.text for one in each)) for each in (segments, alone))
        assert SequenceMatcher(None, said, known).ratio() > 0.8, (said, known)
        times = [word.start for one in segments for word in one.words]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] <= seconds(sound)


@pytest.mark.whisper
@pytest.mark.timeout(300)
def test_who_goes_on_in_a_whisper_is_written_out_too(
    quick: SpeechEngine, reference: whisper.OpenAIWhisper
) -> None:
    call = spoken_call("en-lake-bloomington")
    loud, soft = (decode(each.path.read_bytes()) for each in (call.where, call.what))
    pause = np.zeros(2 * RATE, np.float32)
    message = np.concatenate([loud, pause, soft * 10 ** (-35 / 20)])
    for engine in (quick, reference):
        outcome = SpeechPipeline(engine, HEARS).transcribe_sound(message, "en")
        assert outcome.heard is not None
        late = [
            word
            for segment in outcome.heard.segments
            for word in segment.words
            if segment.struck is None and word.start > seconds(loud) + 1
        ]
        alone = [word for segment in heard(engine, soft, "en") for word in segment.words]
        assert len(late) >= len(alone) / 2, engine.name


@pytest.mark.whisper
@pytest.mark.timeout(300)
def test_a_short_message_is_heard_as_well_without_the_rest_of_the_window(
    quick: SpeechEngine,
) -> None:
    whole = faster_whisper.load("base", CACHE, lambda _: None, margin=None)
    for name in CALLS:
        call = spoken_call(name)
        samples = decode(call.where.path.read_bytes())
        told = [
            {*words(" ".join(one.text for one in heard(engine, samples, call.language)))}
            for engine in (quick, whole)
        ]
        for place in call.where.place_words:
            known = {*words(place)}
            assert known <= told[0] or not known <= told[1], (name, place, told)


@pytest.mark.whisper
def test_what_the_short_window_does_not_bear_is_heard_in_the_whole_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # So short a window that the decoder has been seen to loop in it.
    engine = faster_whisper.load("base", CACHE, lambda _: None, margin=0)
    encoded: list[int] = []
    encode = WhisperModel.encode

    def noting(model: WhisperModel, features: np.ndarray[Any, Any]) -> object:
        encoded.append(features.shape[-1])
        return encode(model, features)

    monkeypatch.setattr(WhisperModel, "encode", noting)
    for call in (spoken_call(name) for name in CALLS):
        for said in (call.where, call.what):
            segments = heard(engine, decode(said.path.read_bytes()), call.language)
            assert all(one.compression <= LOOPING_COMPRESSION for one in segments)
    assert min(encoded) < 3000
    assert 3000 in encoded


@pytest.mark.whisper
def test_the_reference_too_hears_in_the_whole_window_what_the_short_one_does_not_bear() -> None:
    engine = whisper.load("base", CACHE, lambda _: None, margin=0)
    encoded: list[int] = []
    first = engine.encoder.conv1
    handle = first.register_forward_hook(lambda _, given, __: encoded.append(given[0].shape[-1]))
    for call in (spoken_call(name) for name in CALLS):
        for said in (call.where, call.what):
            segments = heard(engine, decode(said.path.read_bytes()), call.language)
            assert all(one.compression <= LOOPING_COMPRESSION for one in segments)
    handle.remove()
    assert min(encoded) < 3000
    assert 3000 in encoded


@pytest.mark.whisper
def test_the_reference_hears_a_short_message_as_well_and_times_its_words_alike(
    reference: whisper.OpenAIWhisper,
) -> None:
    whole = whisper.load("base", CACHE, lambda _: None, margin=None)
    for name in CALLS:
        call = spoken_call(name)
        samples = decode(call.where.path.read_bytes())
        told, known = (
            [word for segment in heard(engine, samples, call.language) for word in segment.words]
            for engine in (reference, whole)
        )
        for place in call.where.place_words:
            places = {*words(place)}
            assert places <= {*words(" ".join(word.text for word in told))} or not places <= {
                *words(" ".join(word.text for word in known))
            }, name
        if [word.text for word in told] == [word.text for word in known]:
            apart = [abs(one.start - two.start) for one, two in zip(told, known, strict=True)]
            assert sorted(apart)[len(apart) // 2] <= 0.1, name


@pytest.mark.whisper
def test_the_reference_keeps_to_the_threads_that_it_is_lent() -> None:
    """Two workers that each take all the cores take ten times as long."""
    engine = whisper.load("base", CACHE, lambda _: None, threads=1)
    engine.hear([decode(spoken_call(CALLS[0]).where.path.read_bytes())], "en")
    assert torch.get_num_threads() == 1


@given(st.integers(0, 3000), st.none() | st.integers(0, 400))
def test_the_sound_itself_is_never_cut(length: int, margin: int | None) -> None:
    sounding = np.zeros(3000, dtype=np.bool_)
    sounding[:length] = True
    frames = frames_to_encode(sounding, margin)
    assert frames % 2 == 0
    assert frames <= 3000
    # At most one frame of 10 ms, and that only where no margin is left.
    assert frames >= length - 1
    if margin is None:
        assert frames == 3000
    else:
        assert frames <= length + margin


@pytest.mark.whisper
def test_the_checkpoint_holds_the_very_numbers_of_the_package() -> None:
    folder = ctranslate2_folder("base", CACHE, lambda _: None)
    checkpoint = openai_checkpoint("base", CACHE, lambda _: None)
    assert folder is not None
    assert checkpoint is not None
    theirs = read_ctranslate2((folder / "model.bin").read_bytes())
    ours = torch.load(checkpoint, weights_only=True)["model_state_dict"]
    fused = torch.cat(
        [ours[f"encoder.blocks.3.attn.{part}.weight"] for part in ("query", "key", "value")]
    )
    assert torch.equal(fused, theirs["encoder/layer_3/self_attention/linear_0/weight"])
    assert torch.equal(ours["decoder.token_embedding.weight"], theirs["decoder/embeddings/weight"])
    count = sum(values.numel() for values in ours.values())
    keys_bias = sum(
        v.numel() // 3 for k, v in theirs.items() if k.endswith("self_attention/linear_0/bias")
    )
    keys_bias += sum(
        v.numel() // 2 for k, v in theirs.items() if k.endswith("/attention/linear_1/bias")
    )
    assert count + keys_bias == sum(values.numel() for values in theirs.values())


@pytest.mark.whisper
@pytest.mark.parametrize("name", CALLS)
def test_the_place_is_recognised_and_its_words_have_times(
    name: str, reference: whisper.OpenAIWhisper, quick: SpeechEngine
) -> None:
    call = spoken_call(name)
    for engine in (reference, quick):
        pipeline = SpeechPipeline(engine, HEARS)
        result = pipeline.transcribe(call.where.path.read_bytes(), call.language)
        assert result.state is RecordingState.TRANSCRIBED
        assert result.heard is not None
        said = " ".join(segment.text for segment in result.heard.segments)
        for place in call.where.place_words:
            assert " ".join(words(place)) in " ".join(words(said))
        timed = [word for segment in result.heard.segments for word in segment.words]
        assert all(0 <= word.start <= word.end <= result.seconds + 0.5 for word in timed)
        assert all(0 <= word.probability <= 1 for word in timed)
        for segment in result.heard.segments:
            spelt = "".join(word.text for word in segment.words)
            assert spelt.strip() == segment.text, "a page sets word beside word"


@pytest.mark.whisper
def test_an_unknown_language_is_detected(quick: SpeechEngine) -> None:
    pipeline = SpeechPipeline(quick, HEARS, offered=frozenset({"en", "es"}))
    for name in ("en-lake-bloomington", "es-cedar-riverside"):
        call = spoken_call(name)
        result = pipeline.transcribe(call.what.path.read_bytes(), None)
        assert result.heard is not None
        assert result.heard.language == call.language


def everything_is_speech() -> SpeechPipeline:
    """An engine that always says something, as Whisper does over noise."""
    engine = ScriptedEngine(lambda *_: Answer("thanks for watching"))
    return SpeechPipeline(engine, HEARS)


@pytest.mark.parametrize("name", ["silence", "street-noise", "tone"])
def test_where_nobody_speaks_no_engine_is_asked(name: str) -> None:
    result = everything_is_speech().transcribe(line_sound(name).path.read_bytes(), "en")
    assert result.state is RecordingState.NO_SPEECH
    assert result.heard is None
    assert result.reason


def test_sounds_of_a_telephone_line_are_no_speech() -> None:
    files = sorted(Path("../shared/audio").glob("*_*.wav"))
    sounds = [f for f in files if f.name.split("_")[0] in {"dtmf", "ringback", "silence", "white"}]
    if not sounds:
        print("the shared sounds are not here: only our own were tried")  # noqa: T201
    for file in [*sounds, *(each.path for each in line_sounds() if not each.words)]:
        result = everything_is_speech().transcribe(file.read_bytes(), "en")
        assert result.state is RecordingState.NO_SPEECH, file.name


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.01])
def test_a_quiet_voice_is_a_voice(gain: float) -> None:
    samples = decode(spoken_call("en-lake-bloomington").where.path.read_bytes())
    file = io.BytesIO()
    soundfile.write(file, samples * gain, 16000, subtype="PCM_16", format="WAV")
    engine = ScriptedEngine(lambda *_: Answer("they are at lake and bloomington"))
    result = SpeechPipeline(engine, HEARS).transcribe(file.getvalue(), "en")
    assert result.state is RecordingState.TRANSCRIBED


@pytest.mark.parametrize("language", ["hmn", "om", "kar"])
def test_a_language_that_no_machine_knows_goes_to_a_person(language: str) -> None:
    audio = spoken_call("en-lake-bloomington").where.path.read_bytes()
    result = everything_is_speech().transcribe(audio, language)
    assert result.state is RecordingState.NEEDS_LISTENER
    assert result.heard is None


def test_what_cannot_be_decoded_goes_to_a_person() -> None:
    result = everything_is_speech().transcribe(b"RIFF broken", "en")
    assert result.state is RecordingState.NEEDS_LISTENER
    assert result.reason


def test_an_engine_that_breaks_is_not_hidden() -> None:
    engine = ScriptedEngine(lambda *_: Answer(fails="out of memory"))
    audio = spoken_call("en-lake-bloomington").where.path.read_bytes()
    with pytest.raises(RuntimeError, match="out of memory"):
        SpeechPipeline(engine, HEARS).transcribe(audio, "en")


def test_an_unknown_engine_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="faster-whisper, openai-whisper"):
        load_engine("crystal-ball", "base", cache_dir=tmp_path)


def test_damaged_weights_are_refused() -> None:
    with pytest.raises(BadWeights, match="version"):
        read_ctranslate2(b"\x05\0\0\0" + b"\0" * 40)
    with pytest.raises(BadWeights, match="cut short"):
        read_ctranslate2(b"\x06\0\0\0\x0c\0Whisp")
