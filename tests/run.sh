#!/bin/sh
# Runs every test: those that share nothing in parallel, then those that each hold a model or a
# whole line in memory one by one. What a test needs and is missing is installed, or said aloud.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"

if ! command -v chromium >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing Chromium for the browser tests …"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    else
        echo "Chromium is missing: install it (Debian: apt install chromium) and run this again." >&2
        exit 1
    fi
fi

echo "== in parallel"
"$python" -m pytest -n 2 --dist loadfile -m "not whisper and not browser and not whole_line" "$@"
echo "== with real weights, a real browser, the whole line"
"$python" -m pytest -m "whisper or browser or whole_line" "$@"
