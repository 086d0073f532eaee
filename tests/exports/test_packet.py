"""An attorney's packet: a real bag, checked by other programs, with what is private covered."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import bagit
import pytest
from rfc3161_client import VerifierBuilder, decode_timestamp_response

from exports.bagging import Bagger, Order, Zipped, clear, ending
from exports.brief import Known
from exports.packet import (
    Cause,
    Maker,
    Wanted,
    bag_info,
    files_of,
    readme,
    texts_of,
)
from exports.redaction import Choices, Cover, Mark, Redaction
from exports.timestamp import TimestampAuthority
from reports.model import (
    Act,
    ActKind,
    Attachment,
    AttachmentState,
    TextMessage,
    TranscriptKind,
    Verdict,
)
from reports.ports import AudioNotFound
from tests.exports.sayings import CALLED, WORDS, ZONE, a_report, known, segment
from tests.exports.time_office import STAMPED_AT, TimeOffice, open_time_office

WAVE = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(256)) * 40
MP3 = b"ID3\x04\x00" + b"\x55" * 500
PHOTO = b"\xff\xd8\xff\xe1 taken at 44.9484, -93.2523 by a telephone"
BARE = b"\xff\xd8\xff\xe0 pixels"
CAUSE = Cause("ana", "For the hearing on Tuesday", CALLED)
TITLES = {"where": "Where", "what": "What they saw"}
MARIA = Mark(Cover.NAME, "Maria Lopez")
COVERING = Redaction.of([MARIA, Mark(Cover.STATUS, "no papers")])
HEAD = "the custody chain's last hash"


@dataclass
class Shelf:
    """An audio store in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, audio: bytes) -> None:
        self.kept[key] = audio

    def get(self, key: str) -> bytes:
        try:
            return self.kept[key]
        except KeyError:
            raise AudioNotFound(key) from None

    def delete(self, key: str) -> None:
        del self.kept[key]


def repaint(picture: bytes) -> bytes:
    if not picture.startswith(b"\xff\xd8\xff"):
        raise ValueError("HEIC")
    return BARE


@pytest.fixture
def shelf() -> Shelf:
    return Shelf({"RE4821where": WAVE, "RE4821what": MP3, "ME1": PHOTO, "ME2": b"....ftypheic"})


@pytest.fixture
def maker() -> Maker:
    return Maker(
        words=WORDS,
        zone=ZONE,
        question_title=lambda question: TITLES.get(question, question),
        name_of=lambda username: {"ana": "Ana Fuentes"}.get(username, username),
        software="Witness Line 0.1.0",
    )


def reported() -> Known:
    """Of a call: heard, corrected, put into English; with a text message and two pictures."""
    dossier = a_report(
        where="At the corner by the bakery",
        what="They took Maria Lopez, she has no papers",
        verdict=Verdict.CONFIRMED,
        keys={"officers": "4"},
    )
    where, what = dossier.recordings
    heard = dossier.transcripts[1]
    corrected = replace(
        heard,
        kind=TranscriptKind.CORRECTION,
        made_by="ana",
        engine="",
        model="",
        segments=(segment("They took MARÍA"), segment("López. Call 612-555-0142", 2, 4)),
        transcript_id=3,
    )
    message = TextMessage("SM1", "CA4821", CALLED, "Maria's brother wrote this")
    pictures = tuple(
        Attachment(
            sid, "SM1", "CA4821", "image/jpeg", CALLED, CALLED, AttachmentState.STORED, CALLED
        )
        for sid in ("ME1", "ME2")
    )
    return known(
        replace(
            dossier,
            recordings=(
                replace(where, sha256=hashlib.sha256(WAVE).hexdigest()),
                replace(what, sha256=hashlib.sha256(MP3).hexdigest()),
            ),
            transcripts=(*dossier.transcripts, corrected),
            texts=(message,),
            attachments=pictures,
            acts=(Act("4821", CALLED, "ana", ActKind.VERDICT, "unverified", "confirmed"),),
        )
    )


def pack(
    bagger: Bagger,
    maker: Maker,
    *reports: Known,
    redaction: Redaction = COVERING,
    wanted: Wanted | None = None,
) -> Zipped:
    wanted = wanted or Wanted()
    hidden = redaction.hidden_in(texts_of(reports, maker))

    def told(stamp: str) -> str:
        return readme(
            reports,
            CAUSE,
            head=HEAD,
            stamp=stamp,
            hidden=hidden,
            redaction=redaction,
            wanted=wanted,
            maker=maker,
        )

    return bagger.pack(
        Order(
            name="packet-4821",
            files=files_of(reports, ['{"seq": 1}', '{"seq": 4}'], redaction, wanted, maker),
            info=bag_info(reports, CAUSE, head=HEAD, maker=maker),
            readme=told,
            words=maker.words.packet,
            original_pictures=wanted.original_pictures,
        )
    )


def unpacked(zipped: Zipped, to: Path) -> Path:
    with zipped.file as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        archive.extractall(to)
    return to / "packet-4821"


@pytest.fixture
def bagger(shelf: Shelf, tmp_path: Path) -> Bagger:
    return Bagger(shelf, tmp_path / "workspace", repaint)


@pytest.fixture
def packet(bagger: Bagger, maker: Maker, tmp_path: Path) -> Path:
    return unpacked(pack(bagger, maker, reported()), tmp_path / "at the attorney's")


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig")


# --- The bag --------------------------------------------------------------------------------------


def test_it_is_a_bag_and_whole(packet: Path) -> None:
    bag = bagit.Bag(str(packet))
    bag.validate()
    assert sorted(bag.algorithms) == ["sha256", "sha512"]
    assert bag.info["Contact-Name"] == "Ana Fuentes"
    assert bag.info["External-Description"] == "For the hearing on Tuesday"
    assert bag.info["External-Identifier"] == "4821"
    assert bag.info["Custody-Head"] == HEAD
    assert bag.info["Bag-Software-Agent"] == "Witness Line 0.1.0"


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_sha256sum_says_the_same(packet: Path, manifest: str) -> None:
    done = subprocess.run(
        ["sha256sum", "--strict", "--check", manifest], cwd=packet, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "FAILED" not in done.stdout


def test_a_letter_that_was_changed_is_found(packet: Path) -> None:
    file = packet / "data/reports/4821/report.txt"
    file.write_bytes(file.read_bytes().replace(b"corner", b"Corner"))
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(packet)).validate()


def test_what_is_in_it(packet: Path) -> None:
    files = {str(each.relative_to(packet)) for each in packet.rglob("*") if each.is_file()}
    assert files == {
        "README.txt",
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
        "manifest-sha512.txt",
        "tagmanifest-sha256.txt",
        "tagmanifest-sha512.txt",
        "data/custody.jsonl",
        "data/reports/4821/report.txt",
        "data/reports/4821/fields.json",
        "data/reports/4821/recordings/where-RE4821where.wav",
        "data/reports/4821/recordings/what-RE4821what.mp3",
        "data/reports/4821/transcripts/where-RE4821where/1-machine-en.txt",
        "data/reports/4821/transcripts/where-RE4821where/1-machine-en.json",
        "data/reports/4821/transcripts/what-RE4821what/1-machine-en.txt",
        "data/reports/4821/transcripts/what-RE4821what/1-machine-en.json",
        "data/reports/4821/transcripts/what-RE4821what/2-correction-en.txt",
        "data/reports/4821/transcripts/what-RE4821what/2-correction-en.json",
        "data/reports/4821/messages/messages.txt",
        "data/reports/4821/messages/ME1.jpg",
        "data/reports/4821/messages/ME2-NOT-COPIED.txt",
    }


def test_sound_is_as_it_arrived(packet: Path) -> None:
    recordings = packet / "data/reports/4821/recordings"
    assert (recordings / "where-RE4821where.wav").read_bytes() == WAVE
    assert (recordings / "what-RE4821what.mp3").read_bytes() == MP3


def test_the_readme_says_who_made_it_why_and_how_to_check_it(packet: Path) -> None:
    raw = (packet / "README.txt").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")  # so that Windows' own editor knows what it is
    assert b"\r\n" in raw
    text = read(packet / "README.txt")
    assert "Put together by Ana Fuentes on 2026-03-02 06:41:00 CST" in text
    assert "because: For the hearing on Tuesday" in text
    assert "certutil -hashfile" in text
    assert HEAD in text
    assert "[name] 3, [status] 1, [number] 1" in text.replace(
        "[number] 1, [status] 1", "[status] 1, [number] 1"
    )


def test_who_confirmed_it_is_said(packet: Path) -> None:
    report = read(packet / "data/reports/4821/report.txt")
    assert report.startswith("Confirmed · ref 4821\n")
    assert "Confirmed, said Ana Fuentes on 2026-03-02 06:41:00 CST." in report


def test_custody_is_a_line_an_entry(packet: Path) -> None:
    lines = (packet / "data/custody.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 4]


# --- What is covered ------------------------------------------------------------------------------


def written(packet: Path) -> Iterator[tuple[Path, str]]:
    for file in packet.rglob("*"):
        if file.suffix in (".txt", ".json", ".jsonl"):
            yield file, read(file)


def test_nothing_private_is_read_in_any_file(packet: Path) -> None:
    for file, text in written(packet):
        lower = text.lower()
        for secret in (
            "maria",
            "maría",
            "lopez",
            "lópez",
            "no papers",
            "papers",
            "555-0142",
            "5550142",
        ):
            if "manifest" not in file.name:
                assert secret not in lower, (file, secret)


def test_a_name_over_two_stretches_is_covered_in_both(packet: Path) -> None:
    text = read(packet / "data/reports/4821/transcripts/what-RE4821what/2-correction-en.txt")
    assert text == (
        "Written down by a person, Ana Fuentes, en, 2026-03-02 06:41:00 CST\n\n"
        "[0:00] They took [name]\n"
        "[0:02] . Call [number]\n"
    )


def test_programs_see_which_words_are_covered_and_where_they_stand(packet: Path) -> None:
    file = packet / "data/reports/4821/transcripts/what-RE4821what/1-machine-en.json"
    (stretch,) = json.loads(read(file))["segments"]
    assert stretch["text"] == "They took [name], she has [status]"
    assert [(word["text"], word["covered"]) for word in stretch["words"]] == [
        ("They", False),
        ("took", False),
        ("[name]", True),
        (",", True),
        ("she", False),
        ("has", False),
        ("[status]", True),
        ("", True),
    ]


def test_what_a_person_uncovered_is_read_and_the_readme_says_why(
    bagger: Bagger, maker: Maker, tmp_path: Path
) -> None:
    choices = Choices(uncovered=frozenset({MARIA.mark_id}), why="She is the attorney's client")
    redaction = Redaction.of(COVERING.marks, choices)
    packet = unpacked(pack(bagger, maker, reported(), redaction=redaction), tmp_path / "there")
    report = read(packet / "data/reports/4821/report.txt")
    assert "López" in report
    assert "no papers" not in report
    assert "A person uncovered 1 of them, because: She is the attorney's client" in read(
        packet / "README.txt"
    )


# --- Sound and pictures ---------------------------------------------------------------------------


def test_a_picture_goes_without_what_the_camera_wrote_into_it(packet: Path) -> None:
    assert (packet / "data/reports/4821/messages/ME1.jpg").read_bytes() == BARE
    assert "Pictures are copies without" in read(packet / "README.txt")


def test_originals_go_when_a_person_wants_them(
    bagger: Bagger, maker: Maker, tmp_path: Path
) -> None:
    wanted = Wanted(original_pictures=True)
    packet = unpacked(pack(bagger, maker, reported(), wanted=wanted), tmp_path / "there")
    messages = packet / "data/reports/4821/messages"
    assert (messages / "ME1.jpg").read_bytes() == PHOTO
    assert (messages / "ME2.heic").read_bytes() == b"....ftypheic"
    assert "exactly as they arrived" in read(packet / "README.txt")


def test_without_sound_no_sound_is_in_it(bagger: Bagger, maker: Maker, tmp_path: Path) -> None:
    zipped = pack(bagger, maker, reported(), wanted=Wanted(audio=False))
    packet = unpacked(zipped, tmp_path / "there")
    assert not (packet / "data/reports/4821/recordings").exists()
    assert "The recordings were left out" in read(packet / "README.txt")
    bagit.Bag(str(packet)).validate()


def test_sound_that_is_lost_or_changed_is_said_to_be(
    bagger: Bagger, shelf: Shelf, maker: Maker, tmp_path: Path
) -> None:
    shelf.delete("RE4821where")
    shelf.put("RE4821what", MP3 + b"!")
    packet = unpacked(pack(bagger, maker, reported()), tmp_path / "there")
    recordings = packet / "data/reports/4821/recordings"
    assert "not where it was put" in read(recordings / "where-RE4821where-LOST.txt")
    changed = read(recordings / "what-RE4821what-CHANGED.txt")
    assert hashlib.sha256(MP3).hexdigest() in changed
    bagit.Bag(str(packet)).validate()


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (WAVE, ".wav"),
        (MP3, ".mp3"),
        (b"\xff\xfb\x90\x00", ".mp3"),
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"\x89PNG\r\n", ".png"),
        (b"\x00\x00\x00\x18ftyp3gp4", ".3gp"),
        (b"\x00\x00\x00\x18ftypM4A ", ".m4a"),
        (b"RIFF\x00\x00\x00\x00WEBP", ".webp"),
        (b"", ".bin"),
        (b"\xff", ".bin"),
    ],
)
def test_a_file_is_named_for_what_it_is(begins: bytes, ends: str) -> None:
    assert ending(begins) == ends


# --- The time stamp -------------------------------------------------------------------------------


@pytest.fixture
def office() -> Iterator[TimeOffice]:
    with open_time_office() as office:
        yield office


@pytest.fixture
def stamped(bagger: Bagger, office: TimeOffice) -> Bagger:
    return replace(bagger, stamp=TimestampAuthority(office.url).stamp)


def test_an_independent_service_signs_when_it_was_there(
    stamped: Bagger, office: TimeOffice, maker: Maker, tmp_path: Path
) -> None:
    zipped = pack(stamped, maker, reported())
    assert zipped.stamp_failed is None
    packet = unpacked(zipped, tmp_path / "there")
    bagit.Bag(str(packet)).validate()
    answer = decode_timestamp_response((packet / "timestamp.tsr").read_bytes())
    assert answer.tst_info.gen_time == STAMPED_AT
    verifier = VerifierBuilder().add_root_certificate(office.certificate).build()
    assert verifier.verify_message(answer, (packet / "tagmanifest-sha256.txt").read_bytes())
    assert "signed statement by an independent service" in read(packet / "README.txt")
    # A hash went there, and nothing else.
    (asked,) = office.asked
    digest = hashlib.sha256((packet / "tagmanifest-sha256.txt").read_bytes()).digest()
    assert asked["message_imprint"]["hashed_message"].native == digest


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        ("refuses", "it refused"),
        ("babbles", "its answer is no time stamp"),
        ("confuses", "its answer is to another question"),
        ("replays", "its answer is to another question"),
        ("is broken", "it answered 500"),
    ],
)
def test_a_service_that_gives_no_stamp_stops_no_packet(
    stamped: Bagger, office: TimeOffice, maker: Maker, tmp_path: Path, mood: str, reason: str
) -> None:
    office.mood = mood
    zipped = pack(stamped, maker, reported())
    assert zipped.stamp_failed == reason
    packet = unpacked(zipped, tmp_path / "there")
    bagit.Bag(str(packet)).validate()
    assert not (packet / "timestamp.tsr").exists()
    assert f"could not be reached ({reason})" in read(packet / "README.txt")
    assert "signed statement" not in read(packet / "README.txt")


def test_a_service_that_is_away_stops_no_packet(
    bagger: Bagger, maker: Maker, tmp_path: Path
) -> None:
    away = replace(bagger, stamp=TimestampAuthority("http://127.0.0.1:9/tsa").stamp)
    zipped = pack(away, maker, reported())
    assert zipped.stamp_failed == "ConnectionError"
    bagit.Bag(str(unpacked(zipped, tmp_path / "there"))).validate()


# --- What is left behind, and how much it takes ---------------------------------------------------


def test_nothing_is_left_on_the_disk(bagger: Bagger, maker: Maker) -> None:
    zipped = pack(bagger, maker, reported())
    assert list(bagger.workspace.iterdir()) == []
    assert hashlib.sha256(zipped.file.read()).hexdigest() == zipped.sha256
    zipped.file.close()


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "tmpabc" / "packet").mkdir(parents=True)
    (tmp_path / "tmpabc" / "packet" / "sound.wav").write_bytes(WAVE)
    clear(tmp_path)
    assert list(tmp_path.iterdir()) == []
    clear(tmp_path / "never made")


class LongTapes(Shelf):
    """Each recording is ten minutes of sound, made when it is asked for."""

    def get(self, key: str) -> bytes:
        return b"RIFF\x24\x00\x00\x00WAVE" + key.encode().ljust(16) * (10 * 60 * 8000 // 16)


def test_fifty_reports_of_ten_minutes_take_the_memory_of_a_few(
    maker: Maker, tmp_path: Path
) -> None:
    bagger = Bagger(LongTapes(), tmp_path, repaint)
    reports = [known(a_report(str(4000 + each), what="A van")) for each in range(50)]
    tracemalloc.start()
    try:
        zipped = pack(bagger, maker, *reports)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert zipped.size > 50 * 4_800_000
    assert most < 40_000_000
    with zipped.file as file, zipfile.ZipFile(file) as archive:
        assert sum(name.endswith(".wav") for name in archive.namelist()) == 50
