#!/bin/sh
# Makes .venv, or brings it up to date: only when what it is made from has changed, or it was moved or is broken.
# PYTHON=… chooses the interpreter.
set -eu
cd "$(dirname "$0")/.."

made_from=.venv/made-from
needs=$(printf '%s\n' "$PWD"; cat pyproject.toml service/pyproject.toml constraints.txt)

up_to_date() {
    [ -f "$made_from" ] && [ "$(cat "$made_from")" = "$needs" ] && .venv/bin/python -c '' 2>/dev/null
}

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed${PYTHON:+, and $PYTHON is not}." \
        "What to do: install it (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3 …"
}

# Debian and Ubuntu ship `venv` without what it needs in a package of its own.
ensure_venv_module() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "· Installing $package …" >&2
        said=$({ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } </dev/null 2>&1) ||
            fail "$(printf '%s\n' "$said" | tail -n 5)" "$package could not be installed." \
                "What to do: apt-get install $package, or name another Python: make PYTHON=/path/to/python3 …"
    else
        fail "Python's venv module is not complete." "What to do: sudo apt-get install $package (Debian, Ubuntu), then try again"
    fi
}

make_venv() {
    python=$(find_python)
    # One that was moved here, or whose Python is gone, cannot be mended.
    if [ -e .venv ] && { [ "$(head -n 1 "$made_from" 2>/dev/null)" != "$PWD" ] || ! new_enough .venv/bin/python; }; then
        rm -rf .venv
    fi
    if [ ! -e .venv ]; then
        ensure_venv_module "$python"
        echo "· Making .venv with $("$python" --version) …" >&2
        "$python" -m venv .venv </dev/null || fail "python -m venv failed."
    fi
    echo "· Installing what constraints.txt pins into .venv (a minute or two when nothing is cached) …" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        -c constraints.txt -e ".[dev]" -e service </dev/null ||
        fail "pip could not install the dependencies." "What to do: see pip's message above; a package index must be reachable."
    printf '%s\n' "$needs" >"$made_from"
    echo "· .venv is ready" >&2
}

up_to_date && exit 0
# Two makes at once must not build it together; where there is no flock they are on their own.
if [ -z "${VENV_LOCKED:-}" ] && command -v flock >/dev/null; then
    mkdir -p .cache
    VENV_LOCKED=1 exec flock .cache/venv.lock sh "tools/$(basename "$0")"
fi
make_venv
