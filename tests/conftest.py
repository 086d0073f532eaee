"""What all tests have in common: what each app of each test would make anew is made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

COMPILED = Path(__file__).parents[1] / "var/test-cache/templates"
"""Each beside a checksum of what it was compiled from, so that what is old is not used."""

BUILDERS: dict[Any, Callable[..., tuple[str, str]]] = {}


class KnownRule(Rule):
    """An address whose builder is compiled once: it depends on the rule alone, and the rules of one
    app are a hundred and more."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), append_unknown)
        if key not in BUILDERS:
            BUILDERS[key] = super()._compile_builder(append_unknown)
        return BUILDERS[key]


COMPILED.mkdir(parents=True, exist_ok=True)
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(COMPILED))}
Flask.url_rule_class = KnownRule
