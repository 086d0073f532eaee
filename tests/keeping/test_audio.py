"""A recording is kept the same way in a folder, in a bucket and in memory."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from moto.server import ThreadedMotoServer
from obstore.store import MemoryStore

from keeping.audio import AudioStoreUnusable, SealedAudioStore, open_blobs
from keeping.sealing import Altered, Keyring, UnknownKey, generate_key
from reports.ports import AudioNotFound

KEYRING = Keyring.parse(generate_key())
RECORDING = "RE00000000000000000000000000000001"
ANOTHER = "RE00000000000000000000000000000002"
WORDS = b"RIFF" + b"somebody at the corner" * 5000


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "sample")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sample")
    requests.put(f"{s3_endpoint}/line-audio", timeout=10).raise_for_status()
    return f"s3://line-audio/recordings?endpoint={s3_endpoint}&region=us-east-1"


@pytest.fixture(params=["folder", "memory", "bucket"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    match request.param:
        case "bucket":
            return str(request.getfixturevalue("bucket"))
        case "memory":
            return "memory:"
        case _:
            return (tmp_path / "kept audio").as_uri()


@pytest.fixture
def store(url: str) -> SealedAudioStore:
    return SealedAudioStore.at(url, KEYRING)


def test_a_recording_comes_back_as_it_was(store: SealedAudioStore) -> None:
    store.put(RECORDING, WORDS)
    assert store.get(RECORDING) == WORDS


def test_a_recording_fetched_twice_is_kept_once(store: SealedAudioStore) -> None:
    store.put(RECORDING, b"half of")
    store.put(RECORDING, WORDS)
    assert store.get(RECORDING) == WORDS


def test_a_recording_never_kept_is_said_to_be_missing(store: SealedAudioStore) -> None:
    with pytest.raises(AudioNotFound, match=ANOTHER):
        store.get(ANOTHER)


def test_a_deleted_recording_is_gone_and_may_be_deleted_again(store: SealedAudioStore) -> None:
    store.put(RECORDING, WORDS)
    store.delete(RECORDING)
    store.delete(RECORDING)
    with pytest.raises(AudioNotFound):
        store.get(RECORDING)


def test_the_check_passes_where_audio_can_be_kept(store: SealedAudioStore) -> None:
    store.check()


def test_a_key_that_would_leave_the_store_is_refused(store: SealedAudioStore) -> None:
    for key in ("../RE01", "a/b", "", "RE01\n"):
        with pytest.raises(ValueError, match="RecordingSid"):
            store.put(key, WORDS)


def test_one_recording_put_in_anothers_place_is_noticed() -> None:
    blobs = MemoryStore()
    store = SealedAudioStore(blobs, KEYRING)
    store.put(RECORDING, WORDS)
    blobs.rename(f"{RECORDING}.sealed", f"{ANOTHER}.sealed")
    with pytest.raises(Altered):
        store.get(ANOTHER)


def test_without_the_key_nothing_can_be_heard(tmp_path: Path) -> None:
    SealedAudioStore.at(str(tmp_path), KEYRING).put(RECORDING, WORDS)
    stranger = SealedAudioStore.at(str(tmp_path), Keyring.parse(generate_key()))
    with pytest.raises(UnknownKey):
        stranger.get(RECORDING)
    (kept,) = tmp_path.iterdir()
    assert b"corner" not in kept.read_bytes()


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "line" / "audio"
    open_blobs(str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_check_says_so_when_the_folder_has_vanished(tmp_path: Path) -> None:
    folder = tmp_path / "audio"
    store = SealedAudioStore.at(str(folder), KEYRING)
    folder.rmdir()
    folder.write_text("no longer a folder")
    with pytest.raises(AudioStoreUnusable, match="cannot be used") as refused:
        store.check()
    assert "\n" not in str(refused.value)


def test_the_check_says_so_when_there_is_no_such_bucket(bucket: str) -> None:
    store = SealedAudioStore.at(bucket.replace("line-audio", "no-such-bucket"), KEYRING)
    with pytest.raises(AudioStoreUnusable, match="cannot be used"):
        store.check()


@pytest.mark.parametrize(
    "url", ["", "ftp://host/audio", "file://host/audio", "s3://", "s3://bucket?secret_key=x"]
)
def test_a_url_that_means_no_store_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="audio store"):
        open_blobs(url)
