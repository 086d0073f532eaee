"""A small telephone network that speaks Twilio's public protocol.

It takes calls and runs the TwiML a line answers, keeps recordings, accepts messages and calls
phones; a line that talks to Twilio cannot tell the difference. For tests, demonstration and
rehearsal. It knows nothing of the line it serves.
"""

from simulator.call import WrongMoment
from simulator.caller import (
    CallSummary,
    Kept,
    Media,
    NetworkRefused,
    Phone,
    PhoneCall,
    RemoteNetwork,
    Text,
)
from simulator.company import Company
from simulator.conversation import (
    Beeped,
    Conversation,
    Dialled,
    Event,
    Failed,
    Heard,
    HungUp,
    Pressed,
    Rang,
    Spoke,
    Waited,
)
from simulator.faults import FOREVER, Faults
from simulator.network import PhoneNetwork
from simulator.postman import Tunnel, Webhook
from simulator.sound import NotAudio, Sound, read_sound
from twiml.reading import TwimlError, read_twiml

__all__ = [
    "FOREVER",
    "Beeped",
    "CallSummary",
    "Company",
    "Conversation",
    "Dialled",
    "Event",
    "Failed",
    "Faults",
    "Heard",
    "HungUp",
    "Kept",
    "Media",
    "NetworkRefused",
    "NotAudio",
    "Phone",
    "PhoneCall",
    "PhoneNetwork",
    "Pressed",
    "Rang",
    "RemoteNetwork",
    "Sound",
    "Spoke",
    "Text",
    "Tunnel",
    "TwimlError",
    "Waited",
    "Webhook",
    "WrongMoment",
    "read_sound",
    "read_twiml",
]
