"""Somleng, the open-source telephone company that speaks Twilio's API.

Account SID and auth token are those of its dashboard; the base is https://api.somleng.org or a
server of one's own (https://www.somleng.org/docs/twilio_api/). What is not on that page is from its
source, https://github.com/somleng/somleng: `config/routes.rb` has no address to delete a recording,
and `twilio_api/recordings_controller.rb` gives its WAV to whoever knows its URL, by a redirect.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import requests
from twilio.base.exceptions import TwilioException

from providers.twilio import ANSWER_SECONDS, CONNECT_SECONDS, TwilioProvider, said
from reports.ports import ProviderRefused, ProviderUnavailable, SentMessage


class SomlengProvider(TwilioProvider):
    """A `providers.provider.Provider`.

    Its list of messages (`twilio_api/messages_controller.rb`) heeds no filter: what is not on its
    first page is sent again.
    """

    erases = False

    def erase_recording(self, recording_sid: str) -> None:
        """Tries it, and looks whether it is gone: an address that is not there is a 404, too.

        Raises:
            ProviderRefused: it is still there.
            ProviderUnavailable.
        """
        super().erase_recording(recording_sid)
        try:
            left = requests.get(
                self._media_url(recording_sid),
                auth=self._auth,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as failure:
            raise ProviderUnavailable(said(failure)) from failure
        if left.status_code != requests.codes.not_found:
            raise ProviderRefused("the provider deletes no recordings")

    def calls_placed(self, to: str, *, since: datetime) -> Sequence[SentMessage]:
        """Cannot be known: it lists no calls (`config/routes.rb`). Somebody may be rung twice."""
        del to, since
        return ()

    def recordings_of_call(self, call_sid: str) -> Sequence[tuple[str, float]]:
        """Under the call, for the list of all does not heed `CallSid`."""
        try:
            listed = self._client.calls(call_sid).recordings.list(limit=50)
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure
        return [(str(one.sid), float(one.duration or 0)) for one in listed]
