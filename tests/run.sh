#!/bin/sh
# Runs every test: those that share nothing in parallel, then those that each hold a model, a browser
# or a whole line in memory one by one. What a test needs and is missing is installed where that is
# allowed, or said aloud.
set -eu
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"

may_install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1
}

install_package() {
    echo "Installing $1 for the tests …"
    [ -n "${updated:-}" ] || apt-get update -qq
    updated=yes
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

if ! command -v chromium >/dev/null 2>&1; then
    if may_install; then
        install_package chromium
    else
        echo "Chromium is missing: install it (Debian: apt install chromium) and run this again." >&2
        exit 1
    fi
fi
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null 2>&1; then
    # Without it the store is tried on SQLite alone, and the summary of the tests says so.
    if may_install; then
        install_package postgresql || echo "PostgreSQL could not be installed."
    fi
fi

echo "== in parallel"
"$python" -m pytest -n 2 --dist loadfile -m "not whisper and not browser and not whole_line" "$@"
echo "== a real browser, two at a time"
"$python" -m pytest -n 2 --dist loadfile -m "browser and not whisper and not whole_line" "$@"
echo "== one by one: real weights, the whole line"
"$python" -m pytest -m "whisper or whole_line" "$@"
