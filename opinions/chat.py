"""A language model of the group's own, behind an address that speaks the chat completions of
OpenAI's API (https://platform.openai.com/docs/api-reference/chat): llama.cpp, Ollama, vLLM do.

What callers said goes to that address: `config.py` takes none but of this machine or its network.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from reports.fields.finding import Finding
from reports.fields.said import Passage
from reports.fields.second import FIELDS, NoOpinion, believed

TIMEOUT: Final = (3.0, 40.0)
"""Seconds to be connected, and to be answered: a person waits for it."""
LARGEST: Final = 256 * 2**10
"""Bytes of an answer."""


@dataclass(frozen=True, slots=True)
class ChatReader:
    """Asks once, at temperature 0, and believes only what brings the caller's own words."""

    url: str
    """Of the API, such as http://localhost:11434/v1."""
    model: str
    task: str = field(repr=False)
    """What it is told to do."""

    @property
    def name(self) -> str:
        return self.model

    def read(self, passages: Sequence[Passage]) -> Sequence[tuple[str, Finding[str]]]:
        said = "\n".join(passage.words(0, len(passage.tokens)) for passage in passages)
        if not said.strip():
            raise NoOpinion("nothing was said that it could read")
        return list(believed(self._ask(said), passages))

    def _ask(self, said: str) -> object:
        task = self.task.replace("{fields}", ", ".join(FIELDS))
        body = {
            "model": self.model,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": task},
                {"role": "user", "content": said},
            ],
            "response_format": {"type": "json_object"},
        }
        try:
            with requests.post(
                f"{self.url.rstrip('/')}/chat/completions",
                json=body,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            ) as answer:
                content = answer.raw.read(LARGEST + 1, decode_content=True)
                if answer.status_code != requests.codes.ok:
                    raise NoOpinion(f"it answered with an error (status {answer.status_code})")
        except requests.ConnectTimeout:
            raise NoOpinion("it could not be asked: nothing answers at its address") from None
        except (requests.Timeout, TimeoutError, ReadTimeoutError):
            raise NoOpinion(f"it did not answer within {TIMEOUT[1]:.0f} seconds") from None
        except requests.ConnectionError:
            raise NoOpinion("it could not be asked: nothing answers at its address") from None
        except (requests.RequestException, HTTPError, OSError) as error:
            raise NoOpinion(f"it could not be asked ({type(error).__name__})") from None
        if len(content) > LARGEST:
            raise NoOpinion("it answered too much")
        return _answers(content)


def _answers(content: bytes) -> Any:
    try:
        message = json.loads(content)["choices"][0]["message"]["content"]
        return json.loads(message)["answers"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise NoOpinion("its answer is not of the form that was asked for") from None
