"""What was written, as organizers see it and as the API gives it."""

from __future__ import annotations

import pytest

from reports.model import AttachmentState, CallerTextState, Medium
from tests.dashboard.conftest import Browser
from tests.dashboard.stories import Stories, mu_law_wave, picture
from tests.dashboard.test_api import Reader, reader  # noqa: F401
from tests.dashboard.test_report import part, words_of


def test_the_list_shows_the_first_words_and_what_came_with_them(
    ana: Browser, stories: Stories
) -> None:
    stories.text_with_a_picture("5120")
    row = words_of(ana.get("/").text.split('id="row-5120"')[1].split("</li>")[0])
    assert "Text message" in row
    assert "Hay tres camionetas blancas frente a la lavandería, Orchard y la Quinta." in row
    assert "Picture is here" in row
    assert "Attachment was not taken" in row
    assert "1 text added" in row
    assert "not asked" not in row, "nobody was asked anything"
    assert "No recording yet" not in row


def test_long_words_are_cut_in_the_list_alone(ana: Browser, stories: Stories) -> None:
    stories.call("5120", 1, keys={}, language=None, medium=Medium.TEXT)
    stories.text("5120", "vans " * 60 + "the end")
    row = ana.get("/").text
    assert "vans vans" in row
    assert "the end" not in row
    assert "the end" in ana.get("/r/5120").text


def test_a_picture_without_words_is_a_line_of_its_own(ana: Browser, stories: Stories) -> None:
    stories.call("5120", 1, keys={}, language=None, medium=Medium.TEXT)
    stories.attachment("5120", stories.text("5120", ""), "image/heic", picture())
    row = words_of(ana.get("/").text.split('id="row-5120"')[1].split("</li>")[0])
    assert "No words" in row
    assert "Picture is here" in row
    texts = part(ana.get("/r/5120").text, "texts")
    assert "A picture that browsers do not show (image/heic): download it." in texts


def test_the_page_has_the_words_as_written_with_their_times(ana: Browser, stories: Stories) -> None:
    stories.text_with_a_picture("5120")
    page = ana.get("/r/5120").text
    texts = part(page, "texts")
    assert "Written 6:37 AM Hay tres camionetas blancas frente a la lavandería," in texts
    assert "Written 6:40 AM &lt;b&gt;Ya se van&lt;/b&gt;" in texts
    assert "Begins with the number of report 4821" in texts
    assert "Attachment was not taken : only pictures are taken" in texts
    assert "Remove them before you pass it on." in texts
    assert 'id="facts"' not in page
    assert "image/png was deleted at the telephone company" in part(page, "timeline")
    assert "The caller rang" not in page


@pytest.mark.parametrize(
    ("media_sid", "content_type", "name", "media"),
    [
        ("ME5120image", "image/png", "5120-ME5120image.png", picture()),
        ("ME5120audio", "audio/wav", "5120-ME5120audio.wav", mu_law_wave()),
    ],
)
def test_a_picture_is_shown_and_downloaded_as_it_came(
    ana: Browser, stories: Stories, media_sid: str, content_type: str, name: str, media: bytes
) -> None:
    stories.text_with_a_picture("5120")
    shown = ana.get(f"/r/5120/attachments/{media_sid}")
    assert shown.status_code == 200
    assert shown.mimetype == content_type
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.data == media
    original = ana.get(f"/r/5120/attachments/{media_sid}/original")
    assert original.data == media
    assert original.headers["Content-Disposition"] == f"attachment; filename={name}"


def test_what_is_not_here_or_of_another_report_is_not_given(ana: Browser, stories: Stories) -> None:
    stories.text_with_a_picture("5120")
    stories.spanish_happening_now("4821")
    assert ana.get("/r/5120/attachments/ME5120video").status_code == 404
    assert ana.get("/r/4821/attachments/ME5120image").status_code == 404


def test_what_was_added_to_a_call_stands_under_its_recordings(
    ana: Browser, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    stories.text("4821", "Placa ABC 123", minutes_later=1)
    page = ana.get("/r/4821").text
    assert page.index('id="tapes"') < page.index("Placa ABC 123")
    assert "Officers 4" in part(page, "facts")


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (CallerTextState.SENT, None, "was sent to the caller"),
        (CallerTextState.FAILED, "the number is off", "not sent to the caller : the number is off"),
    ],
)
def test_the_timeline_says_what_became_of_the_reference_by_text(
    ana: Browser, stories: Stories, state: CallerTextState, reason: str | None, said: str
) -> None:
    stories.spanish_happening_now("4821")
    stories.reference_by_text("4821", state, reason)
    timeline = part(ana.get("/r/4821").text, "timeline").replace("caller: ", "caller : ")
    assert "The caller asked for a text with the reference" in timeline
    assert said in timeline


def test_a_program_is_given_the_texts_and_what_came_with_them(
    reader: Reader,  # noqa: F811
    stories: Stories,
) -> None:
    stories.text_with_a_picture("5120")
    stories.reference_by_text("5120", CallerTextState.SENT, None)
    report = reader.get("/api/reports/5120").get_json()
    assert report["call"]["medium"] == "text"
    assert [text["mentions"] for text in report["texts"]] == [None, "4821"]
    states = {each["content_type"]: each["state"] for each in report["texts"][0]["attachments"]}
    assert states == {
        "image/png": AttachmentState.STORED,
        "audio/wav": AttachmentState.STORED,
        "video/mp4": AttachmentState.REFUSED,
    }
    assert report["reference_texts"][0]["state"] == "sent"
    media = reader.get("/api/reports/5120/attachments/ME5120image")
    assert media.data == picture()
    assert reader.get("/api/reports/5120/attachments/ME5120video").status_code == 404
