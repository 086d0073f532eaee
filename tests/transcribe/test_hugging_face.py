"""A model for one language is slotted in: tiny ones, made here, that know two tones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    BertConfig,
    BertModel,
    Wav2Vec2Config,
    Wav2Vec2CTCTokenizer,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    Wav2Vec2Processor,
    WhisperConfig,
)

from reports.model import RecordingState
from reports.ports import Samples, SpeechEngine
from simulator.spoken import spoken_call
from transcribe.audio import RATE
from transcribe.engines import load_engine
from transcribe.engines.scripted import Answer, ScriptedEngine
from transcribe.hears import load_hears
from transcribe.pipeline import SpeechPipeline
from transcribe.weights import BadWeights

LETTERS = {"<pad>": 0, "<unk>": 1, "|": 2, "a": 3, "b": 4}
SOUNDS = {"_": 0.0, "a": 440.0, "b": 1_320.0, "|": 0.0}
"""Hz of each letter; a long silence is the end of a word."""
STEP = 320
"""Samples of a frame."""

pytestmark = pytest.mark.timeout(120)


def loaded(model: str, cache_dir: Path) -> SpeechEngine:
    """With one thread: two processes of tests with two each would stand in each other's way."""
    return load_engine("transformers", model, cache_dir=cache_dir, threads=1)


def sound_of(said: str, frames: int = 10) -> Samples:
    """So many frames of tone for each letter, and of silence for a blank."""
    time = np.arange(len(said) * frames * STEP) / RATE
    hertz = np.repeat([SOUNDS[letter] for letter in said], frames * STEP)
    hiss = np.random.default_rng(0).normal(0, 0.01, len(time))
    return (np.where(hertz > 0, np.sin(2 * np.pi * hertz * time), 0) + hiss).astype(np.float32)


def tiny(**more: object) -> Wav2Vec2ForCTC:
    torch.manual_seed(0)
    return Wav2Vec2ForCTC(
        Wav2Vec2Config(
            vocab_size=len(LETTERS),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            conv_dim=(16, 16),
            conv_stride=(20, 16),
            conv_kernel=(80, 16),
            num_conv_pos_embeddings=3,
            num_conv_pos_embedding_groups=1,
            hidden_dropout=0.0,
            attention_dropout=0.0,
            activation_dropout=0.0,
            feat_proj_dropout=0.0,
            final_dropout=0.0,
            layerdrop=0.0,
            apply_spec_augment=False,
            pad_token_id=0,
            **more,  # type: ignore[arg-type]
        )
    )


def taught(model: Wav2Vec2ForCTC, processor: Wav2Vec2Processor) -> Wav2Vec2ForCTC:
    """Some lessons of which letter each frame is."""
    torch.set_num_threads(1)
    said = "_a_b__ab|b_a_||a_bb__a|_b"
    wanted = torch.tensor(
        [LETTERS.get(letter, 0) if letter != "_" else 0 for letter in said]
    ).repeat_interleave(10)
    given = processor(sound_of(said), sampling_rate=RATE, return_tensors="pt").input_values
    # Silence is silence: here the blank stands for it, and words end by the pause alone.
    wanted[wanted == LETTERS["|"]] = 0
    lessons = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(60):
        logits = model(given).logits[0]
        loss = torch.nn.functional.cross_entropy(logits, wanted[: len(logits)])
        lessons.zero_grad()
        loss.backward()
        lessons.step()
    return model


def processor_in(folder: Path, vocabulary: object, **more: str) -> Wav2Vec2Processor:
    folder.mkdir(exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    tokenizer = Wav2Vec2CTCTokenizer(str(folder / "vocab.json"), **more)
    return Wav2Vec2Processor(Wav2Vec2FeatureExtractor(), tokenizer)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "whisper-no-tones"
    processor = processor_in(folder, LETTERS)
    taught(tiny(), processor).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def test_it_writes_what_it_was_taught_with_times(model: Path, tmp_path: Path) -> None:
    engine = loaded(str(model), tmp_path)
    ((segment,),) = engine.hear([sound_of("__ab_a__")], "so")
    assert segment.text == "aba"
    (word,) = segment.words
    assert word.start == pytest.approx(0.4, abs=0.08)
    assert word.end == pytest.approx(1.2, abs=0.08)
    assert segment.start < word.start < word.end < segment.end
    assert 0.5 < word.probability <= 1
    assert segment.log_probability <= 0


def test_after_a_pause_another_stretch_begins_and_a_long_sound_is_heard_to_its_end(
    model: Path, tmp_path: Path
) -> None:
    engine = loaded(str(model), tmp_path)
    each = "__ab__" + "_" * 40
    sound = sound_of(each * 8)
    assert len(sound) / RATE > 60
    (heard,) = engine.hear([sound], "so")
    assert [segment.text for segment in heard] == ["ab"] * 8
    assert heard[7].words[0].start == pytest.approx((7 * len(each) + 2) * 0.2, abs=0.1)


def test_a_callers_somali_is_written_out_by_the_engine_named_for_it(
    model: Path, tmp_path: Path
) -> None:
    spoken = spoken_call("en-lake-bloomington").where.path.read_bytes()
    whisper = ScriptedEngine(lambda *_: Answer("what Whisper makes up", "en"))
    hears = load_hears(Path("prompts"))
    without = SpeechPipeline(whisper, hears)
    assert without.transcribe(spoken, "so").state is RecordingState.NEEDS_LISTENER
    named = loaded(str(model), tmp_path)
    outcome = SpeechPipeline(whisper, hears, {"so": named}).transcribe(spoken, "so")
    # Whether what a model of two tones makes of a voice is believed is another matter.
    assert outcome.heard is not None
    assert outcome.heard.engine == "transformers"
    assert outcome.rival is None, "Whisper takes Somali for anything"


@pytest.fixture
def adapted(tmp_path: Path) -> Path:
    """One that knows the tones in two languages, whose alphabets differ."""
    folder = tmp_path / "adapters"
    vocabulary = {"som": LETTERS, "eng": {**LETTERS, "a": 4, "b": 3}}
    processor = processor_in(folder, vocabulary, target_lang="som")
    network = taught(tiny(adapter_attn_dim=4), processor)
    network.save_pretrained(folder)
    own = network._get_adapters()
    backwards = {name: value.clone() for name, value in own.items()}
    for name, value in backwards.items():
        if name.startswith("lm_head"):
            # The letters of 'eng' stand the other way round: heard with its adapter it is the same.
            value[[3, 4]] = value[[4, 3]]
    for language, weights in (("som", own), ("eng", backwards)):
        save_file(
            {name: value.detach().contiguous() for name, value in weights.items()},
            folder / f"adapter.{language}.safetensors",
        )
    processor.save_pretrained(folder)
    return folder


def test_one_with_adapters_speaks_the_language_that_is_asked_for(
    adapted: Path, tmp_path: Path
) -> None:
    engine = loaded(str(adapted), tmp_path)
    assert engine.languages == {"so", "en"}
    for language in ("en", "so", "en"):
        ((segment,),) = engine.hear([sound_of("__ab_a__")], language)
        assert segment.text == "aba", language
    with pytest.raises(ValueError, match="no adapter for vi"):
        engine.hear([sound_of("ab")], "vi")


@pytest.mark.parametrize("what", ["missing", "a pickle"])
def test_an_adapter_that_cannot_be_had_never_lends_its_letters_to_another(
    adapted: Path, tmp_path: Path, what: str
) -> None:
    (adapted / "adapter.eng.safetensors").unlink()
    if what == "a pickle":
        torch.save({}, adapted / "adapter.eng.bin")
    engine = loaded(str(adapted), tmp_path)
    engine.hear([sound_of("__ab_a__")], "so")
    for _ in range(2):
        with pytest.raises((OSError, ValueError)):
            engine.hear([sound_of("__ab_a__")], "en")
    ((segment,),) = engine.hear([sound_of("__ab_a__")], "so")
    assert segment.text == "aba"


def test_a_model_that_lacks_weights_is_refused(model: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    half.mkdir()
    for file in model.iterdir():
        (half / file.name).write_bytes(file.read_bytes())
    weights = load_file(half / "model.safetensors")
    save_file(
        {name: value for name, value in weights.items() if not name.startswith("lm_head")},
        half / "model.safetensors",
        metadata={"format": "pt"},
    )
    with pytest.raises(BadWeights, match=r"lacks weights, such as lm_head"):
        loaded(str(half), tmp_path)


@pytest.mark.parametrize("samples", [0, 1, 300])
def test_a_sound_that_is_hardly_one_is_no_fault(model: Path, tmp_path: Path, samples: int) -> None:
    (heard,) = loaded(str(model), tmp_path).hear([np.zeros(samples, np.float32)], "so")
    assert all(segment.start >= 0 for segment in heard)


def test_a_model_that_is_nowhere_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadWeights, match="is no model"):
        loaded(str(tmp_path / "empty"), tmp_path)


def test_it_translates_nothing_and_detects_nothing(model: Path, tmp_path: Path) -> None:
    engine = loaded(str(model), tmp_path)
    assert not engine.translates
    assert engine.likely_languages(sound_of("ab")) == {}
    with pytest.raises(ValueError, match="translates nothing"):
        engine.hear([sound_of("ab")], "so", into_english=True)


def test_a_model_of_another_kind_is_refused_and_named(tmp_path: Path) -> None:
    BertModel(
        BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    ).save_pretrained(tmp_path / "bert")
    with pytest.raises(BadWeights, match="BertModel: a model for CTC is wanted"):
        loaded(str(tmp_path / "bert"), tmp_path)


def test_a_whisper_is_told_how_it_gets_in(tmp_path: Path) -> None:
    WhisperConfig().save_pretrained(tmp_path / "tuned")
    with pytest.raises(BadWeights, match=r"ct2-transformers-converter --model .*faster-whisper:"):
        loaded(str(tmp_path / "tuned"), tmp_path)


def test_weights_that_may_run_anything_are_not_read(model: Path, tmp_path: Path) -> None:
    unsafe = tmp_path / "unsafe"
    unsafe.mkdir()
    for file in model.iterdir():
        if file.suffix != ".safetensors":
            (unsafe / file.name).write_bytes(file.read_bytes())
    torch.save(tiny().state_dict(), unsafe / "pytorch_model.bin")
    with pytest.raises(BadWeights, match="safetensors"):
        loaded(str(unsafe), tmp_path)
