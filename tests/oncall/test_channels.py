"""What every channel does alike, each with a far end that speaks its protocol; and what each does
in its own way."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

import oncall.channels
from oncall.channels.apprise import AppriseChannel
from oncall.channels.console import ConsoleChannel
from oncall.channels.email import PATIENCE, EmailChannel, MailServer, read_address
from oncall.channels.push import PushChannel, PushKey
from oncall.channels.sms import SmsChannel
from oncall.channels.voice import VoiceChannel
from providers.twilio import TwilioProvider
from reports.ports import Channel, ChannelRefused, ChannelUnavailable
from reports.services.notices import SEND_LEASE
from simulator import PhoneNetwork
from tests.oncall.mail_server import PASSWORD, USER, MailOffice, open_mail_office
from tests.oncall.push_office import PushOffice, open_push_office

FOLDER = Path(oncall.channels.__file__).parent
NUMBER = "+16125550110"
HOTLINE = "+16125550100"
ID = "5f0c2b4e9d7a4c1e8b3f6a2d0c9e7b15"
BODY = "UNVERIFIED · happening now · at E Lake St & Bloomington Ave · ref 4821"
SUBJECT = "Witness Line"
TOKEN = "a-token-of-somebodys"
SECONDS = 4.0
"""Of patience, where a far end says nothing: a busy machine may need one or two to shake hands."""


@dataclass
class FarEnd:
    """A channel, where it leads to, and what became of what was sent."""

    channel: Channel
    address: str
    arrived: Callable[[], list[str]]
    """All bodies that arrived at that address."""
    secrets: tuple[str, ...]
    """What nobody may be shown or find in a log."""
    twice: int
    """How many messages there are when the same was sent twice."""
    knows: bool
    """Whether it can be asked what it was sent."""
    refused: str
    """An address that is refused for good."""
    away: Callable[[], None]
    """Makes the far end one that does not answer as it should."""


# --- Far ends -------------------------------------------------------------------------------------


@contextmanager
def by_sms(folder: Path) -> Iterator[FarEnd]:
    network = PhoneNetwork(account_sid="AC" + "0" * 32, auth_token=TOKEN, hotline=HOTLINE)
    with network:
        provider = TwilioProvider(
            account_sid="AC" + "0" * 32,
            auth_token=TOKEN,
            api_url=network.api_url,
            from_number=HOTLINE,
        )
        yield FarEnd(
            channel=SmsChannel(provider, "http://localhost:1"),
            address=NUMBER,
            arrived=lambda: [text.body for text in network.inbox(NUMBER)],
            secrets=(NUMBER, TOKEN),
            # Its API has no key by which it would know a message again.
            twice=2,
            knows=True,
            refused="+1",
            away=lambda: setattr(provider, "_client", _unreachable()),
        )


@contextmanager
def by_voice(folder: Path) -> Iterator[FarEnd]:
    """The body stays at home: whoever picks up asks for it by the id, which is read here."""
    network = PhoneNetwork(account_sid="AC" + "0" * 32, auth_token=TOKEN, hotline=HOTLINE)
    with network, open_web() as web:
        web.answer = b"<Response/>"
        provider = TwilioProvider(
            account_sid="AC" + "0" * 32,
            auth_token=TOKEN,
            api_url=network.api_url,
            from_number=HOTLINE,
        )
        network.phone(NUMBER).answers("1")

        def arrived() -> list[str]:
            network.waits_until_quiet()
            asked = [path for path, _ in web.taken]
            ids = (f"/voice/alert/{ID}/1", f"/voice/alert/{ID[::-1]}/1")
            return [BODY for path in asked if path in ids]

        yield FarEnd(
            channel=VoiceChannel(provider, f"http://127.0.0.1:{web.port}"),
            address=NUMBER,
            arrived=arrived,
            secrets=(NUMBER, TOKEN),
            # It rings twice, and is one by the address that it asks.
            twice=2,
            knows=True,
            refused="+1",
            away=lambda: setattr(provider, "_client", _unreachable()),
        )


def _unreachable() -> object:
    elsewhere = TwilioProvider(
        account_sid="AC" + "0" * 32,
        auth_token=TOKEN,
        api_url="http://127.0.0.1:1",
        from_number=HOTLINE,
    )
    return elsewhere._client


@contextmanager
def by_email(folder: Path) -> Iterator[FarEnd]:
    with open_mail_office(folder, wrapped=True) as office:
        yield FarEnd(
            channel=mail_channel(office, "smtps"),
            address="ana@example.org",
            arrived=lambda: list(
                {
                    mail["Message-ID"]: mail.get_content().strip()
                    for to, mail in office.mail
                    if to == mail["To"] == "ana@example.org"
                }.values()
            ),
            secrets=("ana@example.org", PASSWORD),
            # By their Message-ID: readers of mail show it once.
            twice=1,
            knows=False,
            refused="ana@example.org\nBcc: all@example.org",
            away=lambda: setattr(office, "is_mute", True),
        )


def mail_channel(office: MailOffice, scheme: str) -> EmailChannel:
    return EmailChannel(
        MailServer.parse(f"{scheme}://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{office.port}"),
        sender="line@example.org",
        subject=SUBJECT,
        trust=office.trust,
        patience=SECONDS,
    )


@dataclass
class Web:
    """An HTTP server that takes whatever it is sent."""

    port: int = 0
    taken: list[tuple[str, str]] = field(default_factory=list)
    """(path, body)."""
    status: int = 200
    answer: bytes = b"{}"
    is_mute: bool = False
    has_ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def open_web() -> Iterator[Web]:
    web = Web()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if web.is_mute:
                web.has_ended.wait(20)
                return
            said = self.rfile.read(int(self.headers["Content-Length"])).decode()
            web.taken.append((self.path, said))
            self.send_response(web.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(web.answer)))
            self.end_headers()
            self.wfile.write(web.answer)

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        web.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield web
        finally:
            web.has_ended.set()
            server.shutdown()
            thread.join()


@contextmanager
def by_apprise(folder: Path) -> Iterator[FarEnd]:
    with open_web() as web:
        address = f"json://{USER}:{TOKEN}@127.0.0.1:{web.port}/{TOKEN}"
        yield FarEnd(
            channel=AppriseChannel(title=SUBJECT, connect_seconds=SECONDS, answer_seconds=SECONDS),
            address=address,
            arrived=lambda: [
                json.loads(said)["message"] for path, said in web.taken if path == f"/{TOKEN}"
            ],
            secrets=(TOKEN, address),
            # A hundred services, and no name for it that all would know.
            twice=2,
            knows=False,
            refused=f"nothing-known://{TOKEN}",
            away=lambda: setattr(web, "is_mute", True),
        )


@contextmanager
def by_console(folder: Path) -> Iterator[FarEnd]:
    file = folder / "told.txt"

    def arrived() -> list[str]:
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        return [line.partition(" ana: ")[2] for line in lines if " ana: " in line]

    def away() -> None:
        file.unlink(missing_ok=True)
        file.mkdir()

    yield FarEnd(
        channel=ConsoleChannel(file),
        address="ana",
        arrived=arrived,
        secrets=(str(folder),),
        twice=1,
        knows=False,
        refused="ana\nbo",
        away=away,
    )


@contextmanager
def by_push(folder: Path) -> Iterator[FarEnd]:
    """A push service, and the browser behind it, which alone can read what it is sent."""
    with open_push_office(folder) as office:
        yield FarEnd(
            channel=PushChannel(
                PushKey(TOKEN),
                title=SUBJECT,
                public_url="https://line.example.org",
                services=("localhost",),
                trust=office.certificate,
                answer_seconds=SECONDS,
            ),
            address=office.subscription(),
            arrived=lambda: [json.loads(each)["body"] for each in office.shown()],
            secrets=(TOKEN, office.auth),
            # By its topic: the second takes the place of the first.
            twice=1,
            knows=False,
            refused=office.subscription().replace("localhost", "push.example.org"),
            away=lambda: setattr(office, "is_mute", True),
        )


FAR_ENDS = {
    "apprise": by_apprise,
    "console": by_console,
    "email": by_email,
    "push": by_push,
    "sms": by_sms,
    "voice": by_voice,
}


def test_every_channel_is_tried_here() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert files == set(FAR_ENDS)


@pytest.fixture(params=FAR_ENDS)
def far_end(
    request: pytest.FixtureRequest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[FarEnd]:
    """And whatever is done in a test leaves nothing private in the log."""
    caplog.set_level(logging.DEBUG)
    with ExitStack() as stack:
        end = stack.enter_context(FAR_ENDS[request.param](tmp_path))
        yield end
        for private in (*end.secrets, BODY):
            assert private not in caplog.text


def test_its_name_is_that_of_its_file(far_end: FarEnd, request: pytest.FixtureRequest) -> None:
    assert f"[{far_end.channel.name}]" in request.node.name


def test_the_body_comes_to_the_address(far_end: FarEnd) -> None:
    sent = far_end.channel.send(far_end.address, BODY, ID)
    assert sent.provider_id
    assert far_end.arrived() == [BODY]


def test_two_messages_are_two(far_end: FarEnd) -> None:
    far_end.channel.send(far_end.address, BODY, ID)
    far_end.channel.send(far_end.address, BODY, ID[::-1])
    assert far_end.arrived() == [BODY, BODY]


def test_the_same_message_sent_again_is_known_again_where_that_can_be(far_end: FarEnd) -> None:
    for _ in range(2):
        far_end.channel.send(far_end.address, BODY, ID)
    assert far_end.arrived() == [BODY] * far_end.twice


def test_what_it_was_sent_can_be_asked_where_that_can_be(far_end: FarEnd) -> None:
    began = datetime.now(UTC)
    channel, address = far_end.channel, far_end.address
    assert list(channel.sent_before(address, BODY, began)) == []
    sent = channel.send(address, BODY, ID)
    found = [each.provider_id for each in channel.sent_before(address, BODY, began)]
    assert found == ([sent.provider_id] if far_end.knows else [])


def test_who_cannot_be_asked_for_now_says_so(far_end: FarEnd) -> None:
    far_end.away()
    if not far_end.knows:
        assert list(far_end.channel.sent_before(far_end.address, BODY, datetime.now(UTC))) == []
        return
    with pytest.raises(ChannelUnavailable) as away:
        far_end.channel.sent_before(far_end.address, BODY, datetime.now(UTC))
    is_safe_to_show(str(away.value), far_end)


def test_an_address_that_is_none_is_refused_for_good(far_end: FarEnd) -> None:
    with pytest.raises(ChannelRefused) as refused:
        far_end.channel.send(far_end.refused, BODY, ID)
    is_safe_to_show(str(refused.value), far_end)
    assert far_end.arrived() == []


def test_what_does_not_answer_is_tried_again_later(far_end: FarEnd) -> None:
    far_end.away()
    with pytest.raises(ChannelUnavailable) as away:
        far_end.channel.send(far_end.address, BODY, ID)
    is_safe_to_show(str(away.value), far_end)


def is_safe_to_show(said: str, end: FarEnd) -> None:
    assert 0 < len(said) <= 200, "the database has room for 200 characters"
    for private in (*end.secrets, end.address, end.refused, BODY, "4821", "127.0.0.1"):
        assert private not in said


@pytest.mark.parametrize(
    "patience",
    [
        # Which may be asked first what they were sent.
        pytest.param(2 * TwilioProvider.patience, id="sms and voice"),
        pytest.param(PATIENCE, id="email"),
        pytest.param(AppriseChannel(title="").patience, id="apprise"),
        pytest.param(PushChannel(PushKey(""), title="", public_url="").patience, id="push"),
        pytest.param(ConsoleChannel.patience, id="console"),
    ],
)
def test_each_gives_up_before_another_worker_may_take_up_the_message(patience: float) -> None:
    assert 0 < patience < SEND_LEASE.total_seconds()


# --- E-mail ---------------------------------------------------------------------------------------


@pytest.fixture(params=["smtp", "smtps"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[MailOffice, Channel]]:
    with open_mail_office(tmp_path, wrapped=request.param == "smtps") as office:
        yield office, mail_channel(office, request.param)


def test_a_mail_says_nothing_of_the_report_but_in_its_body(
    post: tuple[MailOffice, Channel],
) -> None:
    office, channel = post
    channel.send("ana@example.org", BODY, ID)
    ((to, mail),) = office.mail
    assert to == "ana@example.org"
    assert mail["Subject"] == SUBJECT
    assert mail["From"] == "line@example.org"
    assert mail["Message-ID"] == f"<{ID}@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().strip() == BODY
    headers = " ".join(str(value) for value in mail.values())
    assert "4821" not in headers
    assert "Lake" not in headers


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("450 ana@example.org is busy", ChannelUnavailable),
        ("550 no ana@example.org", ChannelRefused),
    ],
)
def test_the_servers_answer_is_shown_by_its_number(
    post: tuple[MailOffice, Channel], command: str, answer: str, kind: type[Exception]
) -> None:
    office, channel = post
    office.refuses[command] = answer
    with pytest.raises(kind, match=rf"^the mail server answered {answer[:3]}$"):
        channel.send("ana@example.org", BODY, ID)
    assert office.mail == []


def test_a_password_that_is_wrong_can_be_mended(post: tuple[MailOffice, Channel]) -> None:
    office, channel = post
    office.refuses["AUTH"] = "535 no"
    with pytest.raises(ChannelUnavailable, match="refused the password"):
        channel.send("ana@example.org", BODY, ID)


def test_what_was_taken_is_not_sent_again_for_a_goodbye_that_failed(
    post: tuple[MailOffice, Channel],
) -> None:
    office, channel = post
    office.refuses["QUIT"] = "500 stay"
    assert channel.send("ana@example.org", BODY, ID).final
    assert len(office.mail) == 1


def test_without_encryption_nothing_is_sent_to_a_server_that_wants_a_password(
    tmp_path: Path,
) -> None:
    with open_mail_office(tmp_path) as office:
        office.offers_tls = False
        with pytest.raises(ChannelUnavailable, match="lacks what is needed"):
            mail_channel(office, "smtp").send("ana@example.org", BODY, ID)
        assert office.mail == []


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    with open_mail_office(tmp_path, wrapped=True) as office:
        channel = EmailChannel(
            MailServer.parse(f"smtps://127.0.0.1:{office.port}"),
            sender="line@example.org",
            subject=SUBJECT,
        )
        with pytest.raises(ChannelUnavailable, match="SSLCertVerificationError"):
            channel.send("ana@example.org", BODY, ID)


def test_on_the_machine_itself_mail_is_handed_in_as_it_is(tmp_path: Path) -> None:
    with open_mail_office(tmp_path) as office:
        channel = EmailChannel(
            MailServer.parse(f"smtp://127.0.0.1:{office.port}"),
            sender="line@example.org",
            subject=SUBJECT,
        )
        channel.send("ana@example.org", BODY, ID)
        assert len(office.mail) == 1


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "https://mail.example.org",
        "smtps://",
        "smtps://mail.example.org:many",
        "smtps://secret@mail.example.org",
        "smtps://user:secret@mail.example.org/inbox",
    ],
)
def test_a_mail_servers_address_that_is_none_is_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"write smtps|a user has") as bad:
        MailServer.parse(url)
    assert "secret" not in str(bad.value)


def test_no_password_is_shown() -> None:
    assert "secret" not in repr(MailServer.parse("smtps://user:secret@mail.example.org"))


@pytest.mark.parametrize(
    "text", ["ana", "ana@", "@example.org", "Ana <ana@example.org>", "a b@c.d"]
)
def test_what_is_no_address_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="write an e-mail address"):
        read_address(text)


# --- Apprise --------------------------------------------------------------------------------------


def test_ntfy_is_reached_by_its_url(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with open_web() as web:
        channel = AppriseChannel(title=SUBJECT)
        channel.send(f"ntfy://127.0.0.1:{web.port}/{TOKEN}?retry=3&wait=5", BODY, ID)
        ((_, said),) = web.taken
        assert BODY in (said, json.loads(said).get("message"))
    assert TOKEN not in caplog.text


def test_a_service_that_says_no_is_asked_once_and_later_again() -> None:
    with open_web() as web:
        web.status = 403
        with pytest.raises(ChannelUnavailable, match="did not take it"):
            AppriseChannel(title=SUBJECT).send(
                f"json://127.0.0.1:{web.port}/{TOKEN}?retry=3&wait=5", BODY, ID
            )
        assert len(web.taken) == 1


def test_nobody_is_led_elsewhere() -> None:
    with open_web() as web:
        web.status = 307
        with pytest.raises(ChannelUnavailable):
            AppriseChannel(title=SUBJECT).send(f"json://127.0.0.1:{web.port}/here", BODY, ID)
        assert [path for path, _ in web.taken] == ["/here"]


@pytest.mark.parametrize("address", ["syslog://", "dbus://", "file:///tmp/told"])
def test_this_machine_is_nobody(address: str) -> None:
    with pytest.raises(ChannelRefused):
        AppriseChannel(title=SUBJECT).send(address, BODY, ID)


# --- The console ----------------------------------------------------------------------------------


def test_the_console_is_its_users_alone_and_a_line_each(tmp_path: Path) -> None:
    file = tmp_path / "told.txt"
    ConsoleChannel(file).send("ana", "Something waits\nat the desk", ID)
    assert file.read_text() == f"{ID} ana: Something waits at the desk\n"
    assert file.stat().st_mode & 0o077 == 0


# --- Notifications in a browser -------------------------------------------------------------------


@pytest.fixture
def push(tmp_path: Path) -> Iterator[tuple[PushOffice, PushChannel]]:
    with open_push_office(tmp_path) as office:
        yield (
            office,
            PushChannel(
                PushKey(TOKEN),
                title=SUBJECT,
                public_url="https://line.example.org",
                services=("localhost",),
                trust=office.certificate,
            ),
        )


def test_a_push_service_learns_who_sends_and_nothing_of_what(
    push: tuple[PushOffice, PushChannel],
) -> None:
    office, channel = push
    channel.send(office.subscription(), BODY, ID)
    (taken,) = office.taken
    assert b"4821" not in taken.sealed
    assert taken.headers["Urgency"] == "high"
    assert taken.headers["TTL"] == "600"
    assert taken.signed_by == PushKey(TOKEN).public
    assert taken.claims["sub"] == "https://line.example.org"
    assert taken.claims["aud"] == f"https://localhost:{office.port}"
    assert json.loads(office.shown()[0]) == {"title": SUBJECT, "body": BODY, "tag": ID}


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (410, ChannelRefused, "takes notifications no more"),
        (404, ChannelRefused, "takes notifications no more"),
        (403, ChannelRefused, r"refused it \(status 403\)"),
        (301, ChannelUnavailable, "could not be reached"),
        (429, ChannelUnavailable, r"did not take it \(status 429\)"),
        (503, ChannelUnavailable, r"did not take it \(status 503\)"),
    ],
)
def test_what_a_push_service_says_is_told_by_its_number(
    push: tuple[PushOffice, PushChannel], status: int, kind: type[Exception], says: str
) -> None:
    office, channel = push
    office.status = status
    with pytest.raises(kind, match=says):
        channel.send(office.subscription(), BODY, ID)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "[]",
        "{}",
        '{"endpoint": "https://localhost/x"}',
        '{"endpoint": "https://localhost/x", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}',
        '{"endpoint": "https://localhost/x", "keys": {"p256dh": 7, "auth": null}}',
    ],
)
def test_what_no_browser_gave_is_refused(
    push: tuple[PushOffice, PushChannel], address: str
) -> None:
    office, channel = push
    with pytest.raises(ChannelRefused, match="no browser's address"):
        channel.send(address, BODY, ID)
    assert office.taken == []


def test_a_line_without_https_is_told_that_push_services_take_nothing_from_it(
    push: tuple[PushOffice, PushChannel],
) -> None:
    office, _ = push
    channel = PushChannel(
        PushKey(TOKEN), title=SUBJECT, public_url="http://localhost:8000", services=("localhost",)
    )
    with pytest.raises(ChannelRefused, match="PUBLIC_URL is not https"):
        channel.send(office.subscription(), BODY, ID)
    assert office.taken == []


def test_a_browser_whose_key_is_no_point_of_the_curve_is_refused(
    push: tuple[PushOffice, PushChannel],
) -> None:
    office, channel = push
    given = json.loads(office.subscription())
    given["keys"]["p256dh"] = "B" + "A" * 86
    with pytest.raises(ChannelRefused, match="keys are none"):
        channel.send(json.dumps(given), BODY, ID)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "redis", "fcm.googleapis.com.example.org", "notfcm.googleapis.com"]
)
def test_nobodys_own_network_is_knocked_at(push: tuple[PushOffice, PushChannel], host: str) -> None:
    office, _ = push
    channel = PushChannel(PushKey(TOKEN), title=SUBJECT, public_url="https://line.example.org")
    elsewhere = office.subscription().replace(f"localhost:{office.port}", host)
    with pytest.raises(ChannelRefused, match="none that the line knows"):
        channel.send(elsewhere, BODY, ID)


def test_the_key_is_the_same_after_a_restart_and_another_for_another_line() -> None:
    assert PushKey(TOKEN).public == PushKey(TOKEN).public
    assert PushKey(TOKEN).public != PushKey(TOKEN + "2").public
    assert len(PushKey(TOKEN).public) == 87
