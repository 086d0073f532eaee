"""Models of Meta's MMS and their kin by the library `transformers`: for languages that Whisper does
not know, or hears too badly. An optional extra: requirements-transformers.txt.

They write letters, one language at a time: `SPEECH_ENGINES=so=transformers:facebook/mms-1b-all`. A
Whisper that somebody tuned for a language is faster in CTranslate2's form, which `faster-whisper`
reads; how to bring it there is said when it is met here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from reports.model import Segment, Word
from reports.ports import Samples
from transcribe.audio import RATE
from transcribe.ctc import PAUSE, Alphabet, spelt
from transcribe.engines.decoding import label
from transcribe.hardware import threads as lent_threads
from transcribe.weights import BadWeights, Progress

NAME: Final = "transformers"
ISO_639_3: Final = {
    "am": "amh",
    "ar": "ara",
    "en": "eng",
    "es": "spa",
    "fr": "fra",
    "hmn": "mww",
    "kar": "ksw",
    "om": "orm",
    "ru": "rus",
    "so": "som",
    "sw": "swh",
    "vi": "vie",
}
"""Our codes to those by which MMS names its adapters: of Hmong White Hmong, of Karen S'gaw."""
SHORTEST: Final = RATE // 10
"""Samples: shorter sounds have silence put behind them, for the network takes none."""
AROUND: Final = 0.1
"""Seconds by which a stretch of speech is longer than its letters: such a model marks a letter
where it is surest of it, and not where it begins and ends."""
_SAFE: Final = {"trust_remote_code": False}
_WEIGHTS: Final = {"use_safetensors": True}


def load(
    model: str,
    cache_dir: Path,
    say: Progress,
    *,
    threads: int | None = None,
    batch: int | None = None,  # noqa: ARG001  # one after the other
) -> HuggingFaceCtc:
    """`model`: a folder that `save_pretrained` wrote, or a name at huggingface.co.

    Raises:
        BadWeights: it is no CTC model, or nothing that can be read; weights that are a pickle,
            which may run anything, are not read.
    """
    torch.set_num_threads(threads or lent_threads())
    try:
        return _load(model, {**_SAFE, "cache_dir": str(cache_dir), "local_files_only": True}, say)
    except BadWeights:
        raise
    except (OSError, ValueError) as error:  # ValueError: of a kind that transformers does not know
        if Path(model).exists():
            raise BadWeights(f"{model} is no model with weights in safetensors form") from error
    say(f"Downloading {model} …")
    try:
        return _load(model, {**_SAFE, "cache_dir": str(cache_dir)}, say)
    except OSError as error:
        raise BadWeights(f"{model} could not be had: {type(error).__name__}") from error


def _load(model: str, where: dict[str, Any], say: Progress) -> HuggingFaceCtc:
    # Not above: it is an extra, and its import makes folders.
    try:
        from transformers import AutoConfig, AutoModelForCTC, Wav2Vec2Processor
    except ModuleNotFoundError as missing:
        raise BadWeights(
            "the engine transformers is an extra: pip install -r requirements-transformers.txt"
        ) from missing
    config = AutoConfig.from_pretrained(model, **where)
    if config.model_type == "whisper":
        raise BadWeights(
            f"{model} is a Whisper: bring it into the form of CTranslate2, which is faster, with"
            f" `ct2-transformers-converter --model {model} --output_dir FOLDER`, and name it as"
            " faster-whisper:FOLDER"
        )
    if not any(name.endswith("ForCTC") for name in config.architectures or ()):
        kind = ", ".join(config.architectures or (config.model_type,))
        raise BadWeights(f"{model} is a {kind}: a model for CTC is wanted, such as Wav2Vec2ForCTC")
    processor = Wav2Vec2Processor.from_pretrained(model, **where)
    network, loaded = AutoModelForCTC.from_pretrained(
        model, output_loading_info=True, **where, **_WEIGHTS
    )
    if loaded["missing_keys"]:
        # The library would fill them with random numbers, and go on.
        raise BadWeights(f"{model} lacks weights, such as {min(loaded['missing_keys'])}")
    return HuggingFaceCtc(network, processor, label(model), str(where["cache_dir"]), say)


class HuggingFaceCtc:
    """A CTC model. One with adapters is of all their languages; another is of whichever it was made
    for, which it does not tell: it is used for the one that it was named for."""

    name = NAME
    translates = False

    def __init__(
        self, network: Any, processor: Any, called: str, cache_dir: str, say: Progress
    ) -> None:
        self._network = network.eval()
        self._processor = processor
        self._cache_dir = cache_dir
        self._say = say
        self._speaks: str | None = None
        """The adapter that it works with; None: none was loaded, or one only in part."""
        self.model = called
        vocabulary = processor.tokenizer.vocab
        self._adapters = {
            code: name for code, name in ISO_639_3.items() if isinstance(vocabulary.get(name), dict)
        }
        self.languages = frozenset(self._adapters)

    def likely_languages(self, samples: Samples) -> dict[str, float]:  # noqa: ARG002
        """It detects none."""
        return {}

    def hear(
        self, sounds: Sequence[Samples], language: str, *, into_english: bool = False
    ) -> tuple[tuple[Segment, ...], ...]:
        """Raises:
        ValueError: it has adapters, and none for the language; or English is wanted.
        """
        if into_english:
            raise ValueError("it writes what is said, and translates nothing")
        self._speak(language)
        return tuple(tuple(_segments(self._words(sound))) for sound in sounds)

    def _speak(self, language: str) -> None:
        if not self._adapters:
            return
        if language not in self._adapters:
            raise ValueError(f"the model has no adapter for {language}")
        target = self._adapters[language]
        if self._speaks == target:
            return
        self._speaks = None
        where = {"cache_dir": self._cache_dir, **_WEIGHTS}
        try:
            self._network.load_adapter(target, local_files_only=True, **where)
        except (OSError, ValueError):
            self._say(f"Downloading the adapter for {language} of {self.model} …")
            self._network.load_adapter(target, **where)
        self._processor.tokenizer.set_target_lang(target)
        self._speaks = target

    def _words(self, samples: Samples) -> tuple[Word, ...]:
        samples = np.pad(samples, (0, max(0, SHORTEST - len(samples))))
        given = self._processor(samples, sampling_rate=RATE, return_tensors="pt")
        with torch.inference_mode():
            logits = self._network(given.input_values).logits[0]
        frames = torch.log_softmax(logits, dim=-1).cpu().numpy()
        step = self._network.config.inputs_to_logits_ratio / RATE
        return spelt(frames, self._alphabet(), step)

    def _alphabet(self) -> Alphabet:
        tokenizer = self._processor.tokenizer
        special = {*tokenizer.all_special_ids}
        delimiter = tokenizer.word_delimiter_token_id
        return Alphabet(
            letters={
                number: letter.lower() if tokenizer.do_lower_case else letter
                for letter, number in tokenizer.encoder.items()
                if number not in special and number != delimiter
            },
            blank=tokenizer.pad_token_id,
            delimiter=delimiter,
        )


def _segments(words: Sequence[Word]) -> Iterator[Segment]:
    """Stretches of speech, apart by pauses; measured as Whisper's are, but that there is speech in
    them is taken for granted: it was looked for before."""
    stretch: list[Word] = []
    for word in [*words, None]:
        if stretch and (word is None or word.start - stretch[-1].end > PAUSE):
            text = " ".join(each.text.strip() for each in stretch)
            raw = text.encode()
            yield Segment(
                text=text,
                start=max(0.0, stretch[0].start - AROUND),
                end=stretch[-1].end + AROUND,
                words=tuple(stretch),
                log_probability=_mean_of_letters(stretch),
                no_speech=0.0,
                compression=len(raw) / len(zlib.compress(raw)),
            )
            stretch = []
        if word is not None:
            stretch.append(
                Word(
                    text=word.text if not stretch else f" {word.text.strip()}",
                    start=word.start,
                    end=word.end,
                    probability=word.probability,
                )
            )


def _mean_of_letters(words: Sequence[Word]) -> float:
    """Mean log-probability of the letters; a word's own is already its letters' mean."""
    letters = [len(word.text.strip()) for word in words]
    logs = [log(max(word.probability, 1e-10)) for word in words]
    return sum(count * each for count, each in zip(letters, logs, strict=True)) / sum(letters)
