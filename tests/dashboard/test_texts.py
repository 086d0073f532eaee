"""What was written, on the pages and in the API."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import timedelta

import av
import numpy as np
import pytest
from PIL import Image

from dashboard import Desk
from dashboard.pictures import NotShowable, showable
from dashboard.sound import NotPlayable, playable
from reports.model import Attachment, AttachmentState, Call, CallState, Medium, Report, TextMessage
from tests.dashboard.conftest import API_TOKEN, Browser
from tests.dashboard.stories import MORNING, mu_law_wave

ME = "ME" + "1" * 32
SOUND = "ME" + "2" * 32
VIDEO = "ME" + "3" * 32


def photograph() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Somebody's telephone"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    Image.new("RGB", (2400, 1200), "orange").save(made, "JPEG", exif=exif)
    return made.getvalue()


@pytest.fixture
def written(desk: Desk) -> str:
    with desk.store.begin() as records:
        records.add_call(
            Call("SM4821", MORNING, CallState.COMPLETED, language="es", medium=Medium.TEXT)
        )
        records.add_report(Report("4821", "SM4821", MORNING, MORNING))
        body = "Hay <tres> camionetas\nen la Lake"
        records.add_text_message(TextMessage("SM4821", "SM4821", MORNING, body))
        sealed = Attachment(
            ME,
            "SM4821",
            "SM4821",
            "image/jpeg",
            MORNING,
            MORNING,
            AttachmentState.STORED,
            stored_at=MORNING + timedelta(seconds=2),
            sha256="a" * 64,
            size=len(photograph()),
        )
        records.add_attachment(sealed)
        records.add_attachment(replace(sealed, media_sid=SOUND, content_type="audio/wav"))
        records.add_attachment(
            Attachment(
                VIDEO,
                "SM4821",
                "SM4821",
                "video/mp4",
                MORNING,
                MORNING,
                AttachmentState.REFUSED,
                reason="a video: only pictures and sounds are taken",
            )
        )
    desk.audio.put(ME, photograph())
    desk.audio.put(SOUND, mu_law_wave())
    return "4821"


def line_of(page: str, reference: str) -> str:
    """Of the list."""
    line = re.search(f"<li id=row-{reference} .*?(?=<li |</ul>|</ol>)", page, re.DOTALL)
    assert line is not None
    return line[0]


def test_the_words_stand_in_the_list_and_on_the_page(ana: Browser, written: str) -> None:
    for path in ("/", f"/r/{written}"):
        page = ana.get(path).text
        assert "Hay &lt;tres&gt; camionetas" in page
        assert "Text message" in page
        assert "Unverified" in page
    assert "a video: only pictures and sounds are taken" in page
    assert "What the caller said" not in page, "nothing was asked"


def test_whom_the_words_count_stands_in_the_list(ana: Browser, desk: Desk, written: str) -> None:
    assert "officers" not in line_of(ana.get("/").text, written), "no words say how many"
    with desk.store.begin() as records:
        body = "Son cuatro agentes en la Lake con la Chicago, se llevaron a mi hermano y a mi tío"
        records.add_text_message(TextMessage("SM4822", "SM4821", MORNING, body))
    line = line_of(ana.get("/").text, written)
    assert "4 officers, by the words" in line
    assert "2 taken or held" in line


def test_a_picture_is_shown_without_what_it_says_of_itself(ana: Browser, written: str) -> None:
    shown = ana.get(f"/r/{written}/attachments/{ME}")
    assert shown.mimetype == "image/jpeg"
    assert b"Somebody's telephone" not in shown.data
    assert dict(Image.open(io.BytesIO(shown.data)).getexif()) == {}
    original = ana.get(f"/r/{written}/attachments/{ME}/original")
    assert original.data == photograph()
    assert "attachment" in original.headers["Content-Disposition"]


def test_a_sound_is_played_and_a_video_is_not_there(ana: Browser, written: str) -> None:
    assert ana.get(f"/r/{written}/attachments/{SOUND}").data[:4] == b"RIFF"
    assert ana.get(f"/r/{written}/attachments/{VIDEO}").status_code == 404
    assert ana.get(f"/r/{written}/attachments/{VIDEO}/original").status_code == 404


def test_the_api_tells_of_them(stranger: Browser, written: str) -> None:
    report = stranger.get(f"/api/reports/{written}", Authorization=f"Bearer {API_TOKEN}").get_json()
    assert report["call"]["medium"] == "text"
    assert report["texts"][0]["body"].startswith("Hay <tres>")
    assert [each["state"] for each in report["attachments"]] == ["stored", "stored", "refused"]


@pytest.mark.parametrize("bad", [b"", b"\xff\xd8\xff nothing", b"<svg/>"])
def test_what_is_no_picture_is_not_shown(bad: bytes) -> None:
    with pytest.raises(NotShowable):
        showable(bad)


def test_what_a_telephone_records_is_played() -> None:
    made = io.BytesIO()
    with av.open(made, mode="w", format="mp4") as container:
        stream = container.add_stream("aac", rate=16_000)
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 16_000), dtype=np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 16_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    assert playable(made.getvalue())[:4] == b"RIFF"
    with pytest.raises(NotPlayable):
        playable(b"....ftypmp42 nothing")
