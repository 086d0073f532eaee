"""From files to a bag in BagIt's form (RFC 8493) to a ZIP: what is written, and where.

The `bagit` library changes the folder that the whole process works in, so it has a process of its
own: `python -m exports.bagging FOLDER`, with an order on its standard input. A packet is put
together in a folder that nobody else can read, and gone with it; the ZIP has no name at all.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from exports.packet import README, STAMP, STAMPED, File, Written
from reports.ports import AudioNotFound, AudioStore

log = logging.getLogger(__name__)

CHECKSUMS: Final = ("sha256", "sha512")
BAGGING_SECONDS: Final = 300
BLOCK: Final = 2**20
"""Bytes read at once."""
ROOT: Final = Path(__file__).resolve().parents[1]


class NotBagged(RuntimeError):
    """The packet could not be put together. `str()` is safe to show."""


class StampFailed(RuntimeError):
    """The time-stamping service gave no stamp. `str()` is safe to show."""


@dataclass(frozen=True, slots=True)
class Zipped:
    """A packet that may be sent: an open file without a name, at its beginning."""

    file: IO[bytes]
    size: int
    sha256: str
    stamp_failed: str | None = None
    """Why there is no time stamp though one was wanted."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be packed."""

    name: str
    """Of the folder, and of the ZIP without its ending."""
    files: Iterable[File]
    info: Mapping[str, str]
    readme: Callable[[str], str]
    """Given the sentence that says how the date can be proved."""
    words: Mapping[str, str]
    """`Words.packet`."""
    original_pictures: bool = False


@dataclass(frozen=True, slots=True)
class Bagger:
    """Puts packets together."""

    audio: AudioStore
    workspace: Path
    repaint: Callable[[bytes], bytes]
    """A picture without anything but its pixels, as JPEG; raises `ValueError`
    where it cannot be painted."""
    stamp: Callable[[bytes], bytes] | None = None
    """A time-stamping service; raises `StampFailed`."""

    def pack(self, order: Order) -> Zipped:
        """The ZIP of a bag.

        Raises:
            NotBagged
        """
        self.workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = order.words
        with tempfile.TemporaryDirectory(dir=self.workspace) as folder:
            bag = Path(folder) / order.name
            bag.mkdir()
            for each in order.files:
                self._write(bag, each, order)
            said = words["no_stamp" if self.stamp is None else "stamped"]
            _bag(bag, order.readme(said), order.info)
            failed = self._stamp(bag)
            if failed is not None:
                _bag(bag, order.readme(words["stamp_failed"].format(reason=failed)), None)
            return _zip(bag, self.workspace, failed)

    def _write(self, bag: Path, file: File, order: Order) -> None:
        to = bag / PurePosixPath(file.path)
        to.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(file, Written):
            _write_text(to, file.text)
            return
        try:
            kept = self.audio.get(file.key)
        except AudioNotFound:
            log.error("%s is not where it was put", file.key)
            _write_text(to.with_name(f"{to.name}-LOST.txt"), order.words["lost"])
            return
        if file.sha256 is not None and hashlib.sha256(kept).hexdigest() != file.sha256:
            log.error("%s is not what was put there", file.key)
            note = order.words["changed"].format(sha256=file.sha256)
            _write_text(to.with_name(f"{to.name}-CHANGED.txt"), note)
        if not file.is_picture or order.original_pictures:
            to.with_name(f"{to.name}{ending(kept)}").write_bytes(kept)
            return
        try:
            to.with_name(f"{to.name}.jpg").write_bytes(self.repaint(kept))
        except ValueError:
            _write_text(to.with_name(f"{to.name}-NOT-COPIED.txt"), order.words["not_copied"])

    def _stamp(self, bag: Path) -> str | None:
        """Why there is none, None where there is or none was wanted."""
        if self.stamp is None:
            return None
        try:
            stamp = self.stamp((bag / STAMPED).read_bytes())
        except StampFailed as failed:
            return str(failed)
        (bag / STAMP).write_bytes(stamp)
        return None


def clear(workspace: Path) -> None:
    """Takes away what a process left that was killed while it put a packet together; nobody may be
    at it."""
    if workspace.is_dir():
        for each in workspace.iterdir():
            shutil.rmtree(each, ignore_errors=True)


def _write_text(file: Path, text: str) -> None:
    """As Windows' own editor reads it: with a mark that it is UTF-8, and CR LF."""
    if file.suffix == ".txt":
        file.write_text(text, encoding="utf-8-sig", newline="\r\n")
    else:
        file.write_text(text, encoding="utf-8", newline="\n")


_STARTS: Final = (
    (b"ID3", ".mp3"),
    (b"OggS", ".ogg"),
    (b"#!AMR", ".amr"),
    (b"fLaC", ".flac"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG", ".png"),
    (b"GIF8", ".gif"),
)


def ending(file: bytes) -> str:
    """Of a file's name, by its first bytes, so that a player opens it: its content is not touched.
    '.bin' for what is not known."""
    kind = file[8:12]
    if file[:4] == b"RIFF":
        return {b"WAVE": ".wav", b"WEBP": ".webp"}.get(kind, ".bin")
    if file[4:8] == b"ftyp":
        if kind.startswith(b"3gp"):
            return ".3gp"
        return ".heic" if kind in (b"heic", b"heix", b"mif1", b"hevc") else ".m4a"
    if len(file) > 1 and file[0] == 0xFF and file[1] & 0xE0 == 0xE0 and file[1] != 0xD8:
        return ".mp3"
    return next((end for start, end in _STARTS if file.startswith(start)), ".bin")


def _zip(bag: Path, workspace: Path, stamp_failed: str | None) -> Zipped:
    made = tempfile.TemporaryFile(dir=workspace)  # noqa: SIM115  # whoever sends it closes it
    try:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file in sorted(bag.rglob("*")):
                if file.is_file():
                    is_text = file.suffix in (".txt", ".json", ".jsonl")
                    how = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
                    archive.write(file, file.relative_to(bag.parent), compress_type=how)
        size = made.tell()
        made.seek(0)
        digest = hashlib.sha256()
        while block := made.read(BLOCK):
            digest.update(block)
        made.seek(0)
    except BaseException:
        made.close()
        raise
    return Zipped(made, size, digest.hexdigest(), stamp_failed)


# --- The process of its own -----------------------------------------------------------------------


def _bag(folder: Path, readme: str, info: Mapping[str, str] | None) -> None:
    """Makes a folder a bag, with a README beside its payload; None: it is one, and has another
    README."""
    order = {"readme": readme, "info": None if info is None else dict(info)}
    try:
        subprocess.run(  # noqa: S603  # the command is ours
            [sys.executable, "-m", "exports.bagging", str(folder)],
            input=json.dumps(order).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # an error may quote a name
            cwd=ROOT,
            timeout=BAGGING_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NotBagged(f"the files could not be bagged ({type(error).__name__})") from None


def main(folder: Path, order: dict[str, object]) -> None:
    import bagit

    info = order["info"]
    if isinstance(info, dict):
        bagit.make_bag(str(folder), info, checksums=list(CHECKSUMS))
    _write_text(folder / README, str(order["readme"]))
    # The checksums of what stands beside the payload, anew.
    bagit.Bag(str(folder)).save()


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.load(sys.stdin))
