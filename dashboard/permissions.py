"""What each page and button asks for of who uses it; what a role may, `reports.roles` says.

A view that stands in neither `NEEDS` nor `OPEN_TO_ALL` answers nobody, and a test says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reports.model import Role
from reports.roles import MAY, Permission, may

__all__ = [
    "MAY",
    "NEEDS",
    "OPEN_TO_ALL",
    "SETTING_UP",
    "Permission",
    "may",
    "may_use",
]

P = Permission

OPEN_TO_ALL: Final = frozenset(
    {
        *("login", "enter", "login_code", "enter_code", "passkey_login", "static"),
        "service_worker",  # asked for by the browser itself, the same for all
        *("join", "accept_invitation"),
        # By a link that is signed: one act, one calendar.
        *("ack", "answer_ack", "roster_feed"),
        *("observe", "answer_observe"),
    }
)
"""Views that nobody has to log in for."""

NEEDS: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        # One's own account
        "leave": P.OWN,
        "me": P.OWN,
        "own_password": P.OWN,
        "own_language": P.OWN,
        "end_own_session": P.OWN,
        "end_other_sessions": P.OWN,
        "second_factor": P.OWN,
        "begin_authenticator": P.OWN,
        "confirm_authenticator": P.OWN,
        "remove_authenticator": P.OWN,
        "add_passkey": P.OWN,
        "remove_passkey": P.OWN,
        "renew_codes": P.OWN,
        "codes_over": P.OWN,
        # The accounts of others
        "accounts": P.ADMIN,
        "invite": P.ADMIN,
        "invitation_over": P.ADMIN,
        "revoke_invitation": P.ADMIN,
        "change_role": P.ADMIN,
        "suspend": P.ADMIN,
        "restore": P.ADMIN,
        "reset_factor": P.ADMIN,
        "end_sessions": P.ADMIN,
        # The inbox and reports
        "inbox": P.READ,
        "inbox_part": P.READ,
        "live_inbox": P.READ,
        "search": P.READ,
        "look_for": P.READ,
        "act_on_several": P.REVIEW,
        "undo_several": P.REVIEW,
        "report": P.READ,
        "report_part": P.READ,
        "hide_number": P.READ,
        "forget_opinion": P.READ,
        "plain_report": P.READ,
        "audio": P.HEAR,
        "waveform": P.HEAR,
        "attachment": P.HEAR,
        "note_audio": P.HEAR,
        "original": P.EXPORT,
        "attachment_original": P.EXPORT,
        "handle": P.REVIEW,
        "judge": P.REVIEW,
        "again": P.REVIEW,
        "correct": P.REVIEW,
        "hear_as": P.REVIEW,
        "tell_again": P.REVIEW,
        "second_opinion": P.REVIEW,
        "admit": P.REVIEW,
        "write_note": P.REVIEW,
        "withdraw_note": P.REVIEW,
        "mentions": P.READ,
        "settle_field": P.REVIEW,
        "take_back_field": P.REVIEW,
        "undo_field": P.REVIEW,
        "show_number": P.SHOW_NUMBER,
        "show_spoken": P.SHOW_NUMBER,
        # Rehearsing: as the view looks itself, one's own, or for organizers all
        "rehearsal": P.REVIEW,
        "rehearsals_part": P.REVIEW,
        "text_in_rehearsal": P.REVIEW,
        "call_in_rehearsal": P.REVIEW,
        "go_on_in_rehearsal": P.REVIEW,
        "hang_up_in_rehearsal": P.REVIEW,
        "delete_rehearsals": P.REVIEW,
        # Incidents
        "incidents": P.READ,
        "incidents_part": P.READ,
        "incident": P.READ,
        "incident_part": P.READ,
        "incident_map": P.READ,
        "incident_map_part": P.READ,
        "leaflet": P.READ,
        "judge_incident": P.REVIEW,
        "merge": P.MANAGE,
        "split": P.MANAGE,
        "tell_apart": P.MANAGE,
        "tell_incidents_apart": P.MANAGE,
        "undo_act": P.MANAGE,
        # Observers
        "ask_observers": P.REVIEW,
        "ask_observers_of_report": P.REVIEW,
        "send_request": P.REVIEW,
        "send_request_of_report": P.REVIEW,
        "end_request": P.REVIEW,
        "resume_request": P.REVIEW,
        # From one shift to the next
        "handover": P.READ,
        "handover_note": P.READ,
        "read_handover": P.READ,
        "write_handover": P.REVIEW,
        # Who is on shift
        "roster": P.READ,
        "roster_then": P.READ,
        "roster_turn": P.READ,
        "new_shift": P.MANAGE,
        "roster_shift": P.MANAGE,
        "give_up": P.REVIEW,
        "take": P.REVIEW,
        "swap": P.REVIEW,
        "undo_arranged": P.REVIEW,
        "put_on_shift": P.MANAGE,
        "change_roster_shift": P.MANAGE,
        "take_off_shift": P.MANAGE,
        "put_back": P.MANAGE,
        # Who is told: what is one's own, and what is others' for admins, as the view looks itself
        "people": P.READ,
        "person": P.READ,
        "new_person": P.OWN,
        "add_new_person": P.OWN,
        "change_about": P.OWN,
        "person_leaves": P.OWN,
        "person_returns": P.OWN,
        "give_person_reach": P.OWN,
        "set_reach_quiet": P.OWN,
        "take_person_reach": P.OWN,
        "set_person_pin": P.OWN,
        "new_feed": P.OWN,
        # A test message to oneself; to others for organizers, as the view looks itself
        "person_trials": P.OWN,
        "person_trials_part": P.OWN,
        "send_person_trial": P.OWN,
        # Settings
        "settings": P.MANAGE,
        "setting_area": P.MANAGE,
        "call_script": P.MANAGE,
        "change_settings": P.ADMIN,
        "reset_settings": P.ADMIN,
        "undo_settings": P.ADMIN,
        "flood_mode": P.MANAGE,
        # The guided set-up
        "setup": P.ADMIN,
        "setup_part": P.ADMIN,
        "check_line": P.ADMIN,
        "pass_step": P.ADMIN,
        "take_up_step": P.ADMIN,
        # Floods and pranks
        "blocklist": P.READ,
        "block": P.MANAGE,
        "unblock": P.MANAGE,
        "flood": P.MANAGE,
        # What callers hear
        "prompt_languages": P.READ,
        "prompts_of": P.READ,
        "prompt_sound": P.HEAR,
        "prompt_words": P.MANAGE,
        "changed_prompts": P.MANAGE,
        "change_words": P.ADMIN,
        "undo_words": P.ADMIN,
        "propose_prompt": P.MANAGE,
        "choose_prompt": P.MANAGE,
        "discard_prompt": P.MANAGE,
        # What leaves
        "exports": P.EXPORT,
        "export_report": P.EXPORT,
        "export_incident": P.EXPORT,
        "export_several": P.EXPORT,
        "leave_report": P.EXPORT,
        "leave_incident": P.EXPORT,
        "leave_several": P.EXPORT,
    }
)
"""View -> what it asks for."""
SETTING_UP: Final = frozenset(
    {
        *("leave", "own_language", "second_factor", "begin_authenticator"),
        *("confirm_authenticator", "add_passkey"),
    }
)
"""All that somebody may use who must have a second factor and has none yet."""


def may_use(role: Role, view: str) -> bool:
    """Whether a role may use a view; one that says nothing is for nobody."""
    needed = NEEDS.get(view)
    return needed is not None and may(role, needed)
