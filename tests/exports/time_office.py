"""A time-stamping service on this machine, which speaks RFC 3161 over HTTP as public ones do."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

STAMPED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
POLICY = "1.3.6.1.4.1.99999.1"


@dataclass
class TimeOffice:
    """Answers queries; `mood` is how: 'well', or what is wrong with it."""

    mood: str = "well"
    asked: list[tsp.TimeStampReq] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Time office of nobody")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(1)
            .not_valid_before(STAMPED_AT - timedelta(days=1000))
            .not_valid_after(STAMPED_AT + timedelta(days=10000))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
            .sign(self._key, hashes.SHA256())
        )

    def answer(self, query: bytes) -> bytes:
        request = tsp.TimeStampReq.load(query)
        self.asked.append(request)
        if self.mood == "refuses":
            status = bytes(tsp.PKIStatusInfo({"status": "rejection"}).dump())
            return b"\x30" + bytes([len(status)]) + status  # a sequence of it alone
        if self.mood == "babbles":
            return b"<html>busy</html>"
        imprint = request["message_imprint"]
        if self.mood == "confuses":
            imprint["hashed_message"] = b"\x00" * 32
        nonce = request["nonce"].native + (1 if self.mood == "replays" else 0)
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": imprint,
                "serial_number": 7,
                "gen_time": STAMPED_AT,
                "nonce": nonce,
            }
        )
        return bytes(
            tsp.TimeStampResp(
                {"status": {"status": "granted"}, "time_stamp_token": self._token(info.dump())}
            ).dump()
        )

    def _token(self, info: bytes) -> cms.ContentInfo:
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        certificate = asn1_x509.Certificate.load(der)
        signing = tsp.SigningCertificateV2(
            {"certs": [{"hash_algorithm": sha256, "cert_hash": hashlib.sha256(der).digest()}]}
        )
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [hashlib.sha256(info).digest()]},
                {"type": "signing_certificate_v2", "values": [signing]},
            ]
        )
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    name="issuer_and_serial_number",
                    value={"issuer": certificate.issuer, "serial_number": 1},
                ),
                "digest_algorithm": sha256,
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": self._key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [sha256],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(info),
                },
                "certificates": [certificate],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed})


@contextmanager
def open_time_office() -> Iterator[TimeOffice]:
    office = TimeOffice()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            asked_well = self.headers["Content-Type"] == "application/timestamp-query"
            broken = office.mood == "is broken" or not asked_well
            answer = b"" if broken else office.answer(query)
            self.send_response(500 if broken else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    office.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
