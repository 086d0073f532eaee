"""What a telephone company can be asked beside a call's work: by the preflight and the sweeper."""

from __future__ import annotations

from typing import Protocol

from reports.ports import PhoneProvider


class Provider(PhoneProvider, Protocol):
    """A `reports.ports.PhoneProvider` as it is wired."""

    @property
    def erases(self) -> bool:
        """Whether its API deletes recordings. One that does not is asked once, and no more."""

    @property
    def takes_texts(self) -> bool:
        """Whether it tells of a text message as `ivr.texting` reads it."""

    def messaging_webhook(self) -> str | None:
        """The address set at the provider for texts to the hotline's number; None for none.

        Raises:
            ProviderUnavailable, ProviderRefused
        """

    def hotline_webhooks(self) -> tuple[str | None, str | None] | None:
        """The (voice URL, status callback) set at the provider for the hotline's number; None when
        the account has no such number.

        Raises:
            ProviderUnavailable, ProviderRefused
        """

    def hotline_fallback(self) -> str | None:
        """The address that the provider asks when our voice URL fails, None when there is none.

        Raises:
            ProviderUnavailable, ProviderRefused
        """
