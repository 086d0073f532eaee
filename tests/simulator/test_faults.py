"""What goes wrong between a line and its provider goes wrong here, when asked to."""

from __future__ import annotations

import time
from typing import Literal

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from simulator import FOREVER, Faults, NotAudio, PhoneNetwork, Sound, read_sound
from tests.simulator.conftest import ACCOUNT, CALLER, HOTLINE, ORGANIZER, TOKEN, Line
from tests.simulator.test_api import client_of


def report(line: Line, network: PhoneNetwork, speech: Sound) -> str:
    """A call that leaves a recording; its media's URL."""
    line.answers("/voice", '<Record action="/said" recordingStatusCallback="/kept"/>')
    line.answers("/said", "<Hangup/>")
    network.caller(CALLER).dials().says(speech, then="#")
    return line.asked_at("/said")[-1]["RecordingUrl"] + ".wav"


def fetch(url: str) -> requests.Response:
    return requests.get(url, auth=(ACCOUNT, TOKEN), timeout=5)


def send(network: PhoneNetwork, line: Line) -> None:
    client_of(network).messages.create(
        to=ORGANIZER, from_=HOTLINE, body="x", status_callback=f"{line.url}/sent"
    )


def test_a_callback_may_come_twice(line: Line, network: PhoneNetwork, speech: Sound) -> None:
    network.suffers(Faults(doubled=frozenset({"recording"})))

    report(line, network, speech)
    network.waits_until_quiet()

    first, second = line.asked_at("/kept")
    assert first == second
    assert len(line.asked_at("/status")) == 1


def test_a_callback_may_never_come(line: Line, network: PhoneNetwork, speech: Sound) -> None:
    network.suffers(Faults(lost=frozenset({"recording", "call"})))

    report(line, network, speech)
    network.waits_until_quiet()

    assert line.paths == ["/voice", "/said"]
    assert [webhook.problem for webhook in network.webhooks[2:]] == ["lost", "lost"]


def test_a_callback_may_come_late(line: Line, network: PhoneNetwork, speech: Sound) -> None:
    network.suffers(Faults(late={"recording": 0.3}))

    report(line, network, speech)
    network.waits_until_quiet()

    assert line.paths == ["/voice", "/said", "/status", "/kept"]


def test_the_recording_may_be_told_before_its_action(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    network.suffers(Faults(reordered=frozenset({"recording"})))

    report(line, network, speech)
    network.waits_until_quiet()

    assert line.paths == ["/voice", "/kept", "/said", "/status"]


def test_the_end_of_the_call_may_be_told_before_its_last_recording(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    network.suffers(Faults(reordered=frozenset({"call"})))
    line.answers("/voice", '<Record action="/said" recordingStatusCallback="/kept"/>')

    network.caller(CALLER).dials().hangs_up_while_saying(speech)
    network.waits_until_quiet()

    assert line.paths == ["/voice", "/status", "/said", "/kept"]


def test_message_statuses_may_come_in_the_wrong_order(line: Line, network: PhoneNetwork) -> None:
    network.suffers(Faults(reordered=frozenset({"message"})))

    send(network, line)
    network.waits_until_quiet()

    statuses = [asked["MessageStatus"] for asked in line.asked_at("/sent")]
    assert statuses == ["delivered", "sent", "queued"]


def test_the_media_may_not_be_there_yet(line: Line, network: PhoneNetwork, speech: Sound) -> None:
    network.suffers(Faults(media_missing=2))
    url = report(line, network, speech)

    assert [fetch(url).status_code for _ in range(4)] == [404, 404, 200, 200]


def test_the_media_may_never_be_there(line: Line, network: PhoneNetwork, speech: Sound) -> None:
    network.suffers(Faults(media_missing=FOREVER))
    url = report(line, network, speech)

    assert {fetch(url).status_code for _ in range(4)} == {404}
    network.recovers()
    assert fetch(url).status_code == 200


def test_the_media_may_be_a_web_page(line: Line, network: PhoneNetwork, speech: Sound) -> None:
    network.suffers(Faults(media="html"))

    answer = fetch(report(line, network, speech))

    assert answer.headers["Content-Type"].startswith("text/html")
    with pytest.raises(NotAudio):
        read_sound(answer.content)


def test_the_media_may_be_far_too_large_or_cut_off(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    url = report(line, network, speech)
    whole = len(fetch(url).content)

    network.suffers(Faults(media="oversize", oversize_bytes=3_000_000))
    assert len(fetch(url).content) == 3_000_000
    network.suffers(Faults(media="truncated"))
    assert len(fetch(url).content) == whole // 2


@pytest.mark.parametrize(("outage", "status"), [("unavailable", 503), ("throttled", 429)])
def test_messages_may_fail_a_few_times(
    line: Line, network: PhoneNetwork, outage: Literal["unavailable", "throttled"], status: int
) -> None:
    network.suffers(Faults(messages_down=2, outage=outage))

    for _ in range(2):
        with pytest.raises(TwilioRestException) as refused:
            send(network, line)
        assert refused.value.status == status
    send(network, line)

    assert len(network.inbox(ORGANIZER)) == 1


def test_the_api_may_hang_up_without_an_answer(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    url = report(line, network, speech)
    network.suffers(Faults(recordings_down=FOREVER, outage="closed"))

    with pytest.raises(requests.ConnectionError):
        fetch(url)
    send(network, line)
    network.recovers()

    assert fetch(url).status_code == 200


def test_the_api_may_be_slow(network: PhoneNetwork) -> None:
    network.suffers(Faults(slow=0.2))

    began = time.monotonic()
    client_of(network).recordings.list()

    assert time.monotonic() - began >= 0.2


def test_a_message_may_end_undelivered(line: Line, network: PhoneNetwork) -> None:
    network.suffers(Faults(undelivered=frozenset({ORGANIZER})))

    send(network, line)
    network.waits_until_quiet()

    last = line.asked_at("/sent")[-1]
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")
    (message,) = client_of(network).messages.list()
    assert (message.status, message.error_code) == ("undelivered", 30003)
    assert network.inbox(ORGANIZER) == ()


def test_a_recipient_may_have_opted_out(line: Line, network: PhoneNetwork) -> None:
    network.suffers(Faults(opted_out=frozenset({ORGANIZER})))

    with pytest.raises(TwilioRestException) as refused:
        send(network, line)

    assert refused.value.code == 21610


def test_a_fault_of_an_unknown_kind_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="lost knows no voicemail"):
        Faults(lost=frozenset({"voicemail"}))  # type: ignore[arg-type]


def test_waiting_for_quiet_gives_up_in_the_end(
    line: Line, network: PhoneNetwork, speech: Sound
) -> None:
    network.suffers(Faults(late={"recording": 30}))
    report(line, network, speech)

    with pytest.raises(TimeoutError, match="still delivering"):
        network.waits_until_quiet(timeout=0.1)
