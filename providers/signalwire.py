"""SignalWire, by the API that it keeps compatible with Twilio's.

The base is the Space's own, https://example.signalwire.com/api/laml; the account SID is the id of
the project, and the auth token an API token with the scopes Voice, Messaging and Numbers
(https://signalwire.com/docs/compatibility-api/rest/overview). Recordings stay until deleted, and
whoever knows the URL of one can hear it, without credentials
(https://signalwire.com/docs/compatibility-api/rest/recordings/retrieve-recording).
"""

from __future__ import annotations

from typing import Any

from providers.twilio import TwilioProvider


class SignalWireProvider(TwilioProvider):
    """A `providers.provider.Provider`."""

    def _answering(self, number: Any) -> Any:
        """The cXML application, where the number leads to one
        (https://signalwire.com/docs/compatibility-api/rest/applications/retrieve-application)."""
        if not number.voice_application_sid:
            return number
        return self._client.applications(number.voice_application_sid).fetch()
