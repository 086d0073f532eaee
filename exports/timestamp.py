"""A time-stamping service, which signs that something existed at the time it was asked (RFC 3161).

It is sent a hash with a random number, and nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import requests
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from exports.bagging import StampFailed

GRANTED: Final = (0, 1)
"""PKIStatus: granted, and granted with changes (RFC 3161, section 2.4.2)."""
TIMEOUT: Final = (5.0, 15.0)
"""Seconds to be connected, and to be answered."""
LARGEST: Final = 256 * 2**10
"""Bytes of an answer: some certificates and a signature."""


@dataclass(frozen=True, slots=True)
class TimestampAuthority:
    """Over HTTP (RFC 3161, section 3.4)."""

    url: str

    def stamp(self, message: bytes) -> bytes:
        """The service's whole answer, as it came: a TimeStampResp in DER.

        Raises:
            StampFailed
        """
        request = (
            TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
        )
        answer = self._ask(request.as_bytes())
        try:
            response = decode_timestamp_response(answer)
            granted = response.status in GRANTED
            told = response.tst_info if granted else None
        except ValueError:
            raise StampFailed("its answer is no time stamp") from None
        if told is None:
            raise StampFailed("it refused")
        same = told.message_imprint.message == hashlib.sha256(message).digest()
        if not same or told.nonce != request.nonce:
            raise StampFailed("its answer is to another question")
        return answer

    def _ask(self, query: bytes) -> bytes:
        try:
            with requests.post(
                self.url,
                data=query,
                headers={"Content-Type": "application/timestamp-query"},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answered:
                if answered.status_code != requests.codes.ok:
                    raise StampFailed(f"it answered {answered.status_code}")
                answer = answered.raw.read(LARGEST + 1, decode_content=True)
        except requests.RequestException as error:
            raise StampFailed(type(error).__name__) from None
        if len(answer) > LARGEST:
            raise StampFailed("its answer is too long")
        return bytes(answer)
