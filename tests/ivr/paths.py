"""Paths as the webhooks have them, for documents that nobody asks further."""

from __future__ import annotations


class FixedPaths:
    def chosen(self, what: str, turn: int) -> str:
        return f"/voice/language/{what}/{turn}"

    def answered(self, question: str, turn: int) -> str:
        return f"/voice/answer/{question}/{turn}"

    def recorded(self, question: str, turn: int) -> str:
        return f"/voice/recorded/{question}/{turn}"

    def recording_status(self, question: str, turn: int) -> str:
        return f"/voice/recording-status/{question}/{turn}"

    def reviewed(self, question: str, turn: int) -> str:
        return f"/voice/reviewed/{question}/{turn}"

    def checked(self) -> str:
        return "/voice/checked"

    def rung(self, question: str, turn: int) -> str:
        return f"/voice/rung/{question}/{turn}"

    def whisper(self, language: str | None) -> str:
        return f"/voice/whisper/{language}"

    def finished(self, turn: int) -> str:
        return f"/voice/finished/{turn}"

    def prompt(self, sha256: str) -> str:
        return f"/voice/prompts/{sha256}.wav"

    def playback(self, recording_sid: str) -> str:
        return f"/voice/playback/{recording_sid}.wav"


PATHS = FixedPaths()
