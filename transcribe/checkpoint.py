"""Whisper's weights from the form of CTranslate2 into that of openai-whisper.

Both hold the same numbers: here they only get other names, and the projections that CTranslate2
keeps in one matrix (query, key, value) are cut apart. Nothing is rounded.

CTranslate2's file (`src/models/model.cc` there), little-endian: version, name and revision of the
specification; then each variable as name, shape, type and bytes; then aliases. A string is its
length with the closing zero, and itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any, Final

import numpy as np
import torch

from transcribe.weights import BadWeights

VERSION: Final = 6
SPECIFICATION: Final = "WhisperSpec"
FLOAT32: Final = 0
FLOAT16: Final = 4


Weights = Mapping[str, torch.Tensor]


def read_ctranslate2(model_bin: bytes) -> dict[str, torch.Tensor]:
    """The floating-point variables of a `model.bin`, by name; the others are its settings.

    Raises:
        BadWeights: another version, no Whisper, or cut short.
    """
    reader = _Reader(model_bin)
    if (version := reader.uint32()) != VERSION:
        raise BadWeights(f"model.bin has version {version}; {VERSION} is the one known here")
    if (specification := reader.text()) != SPECIFICATION:
        raise BadWeights(f"model.bin is a {specification}, no {SPECIFICATION}")
    reader.uint32()  # revision
    variables: dict[str, torch.Tensor] = {}
    for _ in range(reader.uint32()):
        name = reader.text()
        shape = [reader.uint32() for _ in range(reader.uint8())]
        kind = reader.uint8()
        raw = reader.bytes(reader.uint32())
        if kind in (FLOAT16, FLOAT32):
            numbers = np.frombuffer(raw, np.float16 if kind == FLOAT16 else np.float32)
            variables[name] = torch.from_numpy(numbers.reshape(shape).copy())
    return variables


def checkpoint(variables: Weights, config: str) -> dict[str, Any]:
    """What `whisper.load_model` reads (`dims`, `model_state_dict`) and, of its own,
    `alignment_heads`: the (layer, head) pairs by which words are timed, from config.json."""
    state = dict(_named(variables))
    n_mels = state["encoder.conv1.weight"].shape[1]
    n_text_ctx, n_state = state["decoder.positional_embedding"].shape
    # Every published Whisper has heads of 64 dimensions (Radford et al., 2022, table 1).
    n_head = n_state // 64
    return {
        "dims": {
            "n_mels": n_mels,
            "n_audio_ctx": state["encoder.positional_embedding"].shape[0],
            "n_audio_state": n_state,
            "n_audio_head": n_head,
            "n_audio_layer": _layers(state, "encoder"),
            "n_vocab": state["decoder.token_embedding.weight"].shape[0],
            "n_text_ctx": n_text_ctx,
            "n_text_state": n_state,
            "n_text_head": n_head,
            "n_text_layer": _layers(state, "decoder"),
        },
        "model_state_dict": state,
        "alignment_heads": json.loads(config)["alignment_heads"],
    }


def convert(ctranslate2: Path, to: Path) -> None:
    """Writes the checkpoint of the model in a folder."""
    variables = read_ctranslate2((ctranslate2 / "model.bin").read_bytes())
    config = (ctranslate2 / "config.json").read_text(encoding="utf-8")
    torch.save(checkpoint(variables, config), to)


_OUTSIDE_LAYERS: Final = {
    "encoder/conv1/weight": "encoder.conv1.weight",
    "encoder/conv1/bias": "encoder.conv1.bias",
    "encoder/conv2/weight": "encoder.conv2.weight",
    "encoder/conv2/bias": "encoder.conv2.bias",
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "encoder/layer_norm/gamma": "encoder.ln_post.weight",
    "encoder/layer_norm/beta": "encoder.ln_post.bias",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/layer_norm/gamma": "decoder.ln.weight",
    "decoder/layer_norm/beta": "decoder.ln.bias",
}
_IN_LAYERS: Final = {
    "self_attention/layer_norm/gamma": ("attn_ln.weight",),
    "self_attention/layer_norm/beta": ("attn_ln.bias",),
    "self_attention/linear_0/weight": ("attn.query.weight", "attn.key.weight", "attn.value.weight"),
    "self_attention/linear_0/bias": ("attn.query.bias", "attn.key.bias", "attn.value.bias"),
    "self_attention/linear_1/weight": ("attn.out.weight",),
    "self_attention/linear_1/bias": ("attn.out.bias",),
    "attention/layer_norm/gamma": ("cross_attn_ln.weight",),
    "attention/layer_norm/beta": ("cross_attn_ln.bias",),
    "attention/linear_0/weight": ("cross_attn.query.weight",),
    "attention/linear_0/bias": ("cross_attn.query.bias",),
    "attention/linear_1/weight": ("cross_attn.key.weight", "cross_attn.value.weight"),
    "attention/linear_1/bias": ("cross_attn.key.bias", "cross_attn.value.bias"),
    "attention/linear_2/weight": ("cross_attn.out.weight",),
    "attention/linear_2/bias": ("cross_attn.out.bias",),
    "ffn/layer_norm/gamma": ("mlp_ln.weight",),
    "ffn/layer_norm/beta": ("mlp_ln.bias",),
    "ffn/linear_0/weight": ("mlp.0.weight",),
    "ffn/linear_0/bias": ("mlp.0.bias",),
    "ffn/linear_1/weight": ("mlp.2.weight",),
    "ffn/linear_1/bias": ("mlp.2.bias",),
}
_LAYER: Final = re.compile(r"(encoder|decoder)/layer_(\d+)/(.+)")


def _named(variables: Weights) -> Iterator[tuple[str, torch.Tensor]]:
    for name, values in variables.items():
        if match := _LAYER.fullmatch(name):
            half, layer, part = match.groups()
            names = _IN_LAYERS[part]
            for target, piece in zip(names, values.chunk(len(names)), strict=True):
                # Whisper's keys have no bias: CTranslate2 fills the gap with zeros.
                if target.endswith("key.bias"):
                    if piece.any():
                        raise BadWeights("a key has a bias, which no Whisper has")
                else:
                    yield f"{half}.blocks.{layer}.{target}", piece.clone()
        else:
            yield _OUTSIDE_LAYERS[name], values


def _layers(state: Weights, half: str) -> int:
    return len({name.split(".")[2] for name in state if name.startswith(f"{half}.blocks.")})


@dataclass
class _Reader:
    """Walks through the bytes of a `model.bin`."""

    raw: bytes
    at: int = 0

    def bytes(self, count: int) -> memoryview:
        if self.at + count > len(self.raw):
            raise BadWeights("model.bin is cut short")
        self.at += count
        return memoryview(self.raw)[self.at - count : self.at]

    def uint8(self) -> int:
        return self.bytes(1)[0]

    def uint16(self) -> int:
        return int(_UINT16.unpack(self.bytes(2))[0])

    def uint32(self) -> int:
        return int(_UINT32.unpack(self.bytes(4))[0])

    def text(self) -> str:
        return bytes(self.bytes(self.uint16())).decode().removesuffix("\0")


_UINT16 = Struct("<H")
_UINT32 = Struct("<I")
