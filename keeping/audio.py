"""Where recordings are kept: a folder, a bucket that speaks the S3 protocol, or memory.

A recording is sealed before it leaves the process: who holds the disk or the bucket holds nothing
that can be heard.

The storage library, obstore, works in threads of its own, and a process forked after its first use
hangs in it: use a store only in the process that opened it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from reports.ports import AudioNotFound, AudioStore, Sealer

if TYPE_CHECKING:  # obstore has it in its stubs alone
    from obstore.store import S3Config

BlobStore = LocalStore | MemoryStore | S3Store

_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_S3_OPTIONS: Final = frozenset({"endpoint", "region", "virtual_hosted_style_request"})


class AudioStoreUnusable(RuntimeError):
    """The place where recordings are kept does not hold what is put there."""


class SealedAudioStore(AudioStore):
    """Recordings, sealed, each in a blob named after its RecordingSid."""

    def __init__(self, blobs: BlobStore, sealer: Sealer) -> None:
        self._blobs = blobs
        self._sealer = sealer

    @classmethod
    def at(cls, url: str, sealer: Sealer) -> SealedAudioStore:
        """Opens the store at `url`, see `open_blobs`."""
        return cls(open_blobs(url), sealer)

    def put(self, key: str, audio: bytes) -> None:
        """All or nothing, replacing what was there; back only when it is safe on the disk."""
        name = _blob_name(key)
        sealed = self._sealer.seal(audio, _context(key))
        self._blobs.put(name, sealed, use_multipart=False)
        if isinstance(self._blobs, LocalStore) and self._blobs.prefix is not None:
            _flush_to_disk(self._blobs.prefix / name)

    def get(self, key: str) -> bytes:
        """Raises:
        AudioNotFound: nothing is kept under `key`.
        keeping.sealing.Unsealable: what is kept there is not what was put there.
        """
        try:
            sealed = bytes(self._blobs.get(_blob_name(key)).bytes())
        except FileNotFoundError:
            raise AudioNotFound(f"No audio is kept under {key}.") from None
        return self._sealer.unseal(sealed, _context(key))

    def delete(self, key: str) -> None:
        """One that is not there counts as deleted."""
        with contextlib.suppress(FileNotFoundError):
            self._blobs.delete(_blob_name(key))

    def check(self) -> None:
        """Writes, reads back and deletes a probe.

        Raises:
            AudioStoreUnusable: says in a sentence what did not work.
        """
        key = f"probe-{secrets.token_hex(8)}"
        probe = secrets.token_bytes(32)
        try:
            self.put(key, probe)
            kept = self.get(key)
            self.delete(key)
        except (BaseError, OSError, LookupError, ValueError) as error:
            reason = str(error).split("\n", maxsplit=1)[0]
            raise AudioStoreUnusable(f"The audio store cannot be used: {reason}") from error
        if kept != probe:
            raise AudioStoreUnusable("The audio store gave back other audio than it was given.")


def open_blobs(url: str) -> BlobStore:
    """The storage that a URL, or the path of a folder, means.

    - `/var/lib/line/audio` or `file:///var/lib/line/audio`: a folder, made if it is not there,
      closed to all but its owner.
    - `s3://bucket/prefix`: credentials, region and endpoint come from the usual `AWS_…` variables
      (https://developmentseed.org/obstore/latest/api/store/aws/). `?endpoint=…&region=…` may say
      where another S3 than Amazon's stands; an endpoint may be `http://` if it says so.
    - `memory:`: forgotten with the process.

    Raises:
        ValueError: the URL is none of these.
    """
    parts = urlsplit(url)
    match parts.scheme:
        case "" | "file" if not parts.netloc and parts.path:
            return _open_folder(Path(unquote(parts.path) if parts.scheme else url))
        case "s3" if parts.netloc:
            return _open_bucket(parts.netloc, parts.path.strip("/"), dict(parse_qsl(parts.query)))
        case "memory":
            return MemoryStore()
        case _:
            raise ValueError(
                "The audio store is written as a folder's path, file:///folder, or s3://bucket."
            )


def _open_folder(folder: Path) -> LocalStore:
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return LocalStore(folder)


def _open_bucket(bucket: str, prefix: str, options: dict[str, str]) -> S3Store:
    if unknown := options.keys() - _S3_OPTIONS:
        raise ValueError(f"The audio store's URL has an option not known: {min(unknown)}.")
    # A job has its own limit, and is tried again after it: rather an error soon than a long wait.
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=cast("S3Config", options),
        client_options={
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=30),
            **({"allow_http": True} if options.get("endpoint", "").startswith("http://") else {}),
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=45)},
    )


def _blob_name(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise ValueError("Audio is kept under a RecordingSid, and this is not one.")
    return f"{key}.sealed"


def _context(key: str) -> str:
    return f"recording:{key}"


def _flush_to_disk(path: Path) -> None:
    # The provider's copy is deleted once ours reads well, which the page cache alone could answer.
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
