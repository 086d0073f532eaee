"""What all tests have in common: templates are compiled once, not for each app of each test."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

COMPILED = Path(__file__).parents[1] / "var/test-cache/templates"
"""Each beside a checksum of what it was compiled from, so that what is old is not used."""

COMPILED.mkdir(parents=True, exist_ok=True)
Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(COMPILED))}
