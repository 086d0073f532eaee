"""Whisper's weights in the form that whisper.cpp reads: so it can be a peer with the same ones.

The form, little-endian: a magic number; eleven sizes; the mel filters; the bytes of each token;
then each tensor as its number of dimensions, the length of its name, its type, its dimensions from
the last to the first, its name and its numbers. whisper.cpp adds the special tokens by itself.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import torch

MAGIC = 0x67676D6C
FLOAT32, FLOAT16 = 0, 1
SIZES = (
    *("n_vocab", "n_audio_ctx", "n_audio_state", "n_audio_head", "n_audio_layer"),
    *("n_text_ctx", "n_text_state", "n_text_head", "n_text_layer", "n_mels"),
)
EXACT = frozenset({"encoder.positional_embedding", "decoder.positional_embedding"})
COLUMNS = frozenset({"encoder.conv1.bias", "encoder.conv2.bias"})
"""Written as a column, to be added to every frame."""


def convert(checkpoint: Path, to: Path) -> None:
    """Writes the weights of an openai-whisper checkpoint."""
    weights = torch.load(checkpoint, map_location="cpu", weights_only=True)
    with to.open("wb") as file:
        file.write(header(weights["dims"]))
        file.write(_filters(weights["dims"]["n_mels"]))
        file.write(_tokens())
        for part in _tensors(weights["model_state_dict"]):
            file.write(part)


def header(dims: Mapping[str, int]) -> bytes:
    return pack("<I11i", MAGIC, *(dims[name] for name in SIZES), FLOAT16)


def tensor(name: str, values: np.ndarray[Any, Any]) -> bytes:
    """One tensor: matrices in halves, but for what must be exact."""
    if name in COLUMNS:
        values = values.reshape(-1, 1)
    halves = values.ndim > 1 and name not in EXACT | COLUMNS
    values = values.astype(np.float16 if halves else np.float32)
    raw_name = name.encode()
    kind = FLOAT16 if halves else FLOAT32
    sizes = pack(f"<{values.ndim}i", *reversed(values.shape))
    return pack("<3i", values.ndim, len(raw_name), kind) + sizes + raw_name + values.tobytes()


def _filters(n_mels: int) -> bytes:
    with np.load(str(files("whisper") / "assets" / "mel_filters.npz")) as kept:
        filters = kept[f"mel_{n_mels}"].astype(np.float32)
    return bytes(pack("<2i", *filters.shape) + filters.tobytes())


def _tokens() -> bytes:
    lines = (files("whisper") / "assets" / "multilingual.tiktoken").read_text().splitlines()
    ranked = sorted(
        (int(rank), base64.b64decode(token)) for token, rank in (line.split() for line in lines)
    )
    return pack("<i", len(ranked)) + b"".join(pack("<i", len(token)) + token for _, token in ranked)


def _tensors(state: Mapping[str, torch.Tensor]) -> Iterator[bytes]:
    for name, values in state.items():
        yield tensor(name, values.float().numpy())
