"""The organizers' web pages and the API that reads what they show.

`install` puts both on a Flask app; all that they need of the world stands in `Desk`.
"""

from dashboard.accounts import AccountRefused, add_organizer, change_password, hash_password
from dashboard.desk import Desk
from dashboard.prompt_page import ScriptQuestion, SpokenLanguage
from dashboard.setup_page import Check
from dashboard.site import install
from dashboard.tiles import Tiles

__all__ = [
    "AccountRefused",
    "Check",
    "Desk",
    "ScriptQuestion",
    "SpokenLanguage",
    "Tiles",
    "add_organizer",
    "change_password",
    "hash_password",
    "install",
]
