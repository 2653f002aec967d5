#!/bin/sh
# Makes .venv and checks the system libraries. First argument: run | test (test needs a browser and gettext as well).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
want=${1:-run}
cd "$root"

missing=""
need() { case " $missing " in *" $1 "*) ;; *) missing="$missing $1" ;; esac; }
has_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q "$1"; }

if [ -z "${YISONG_IN_IMAGE:-}" ]; then
  python=""
  for candidate in /usr/bin/python3 python3 python3.11 python3.12; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))'; then
      python=$candidate; break
    fi
  done
  [ -n "$python" ] || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
  if [ ! -x .venv/bin/pip ] && ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then need python3-venv; fi
  has_library libpango-1.0.so.0 || need libpango-1.0-0
  has_library libpangoft2-1.0.so.0 || need libpangoft2-1.0-0
  # Without it a letter takes 8 s instead of 0.1 s, and nothing says why.
  has_library libharfbuzz-subset.so.0 || need libharfbuzz-subset0
  # Tells what an uploaded file is.
  has_library libmagic.so.1 || need libmagic1
  if [ "$want" = test ]; then
    command -v chromium >/dev/null 2>&1 || need chromium
    command -v msgfmt >/dev/null 2>&1 || need gettext
    has_library libatomic.so.1 || need libatomic1
    command -v pdffonts >/dev/null 2>&1 || need poppler-utils
    command -v gs >/dev/null 2>&1 || need ghostscript
  fi
  if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
      echo "Installing with apt:$missing"
      apt-get update -qq >/dev/null
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    else
      echo "Some system packages are missing. Run this once, then try again:" >&2
      echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
      exit 1
    fi
  fi
fi

stamp=.venv/.requirements
wanted=$(cat requirements/development.txt | sha256sum | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
  [ -x .venv/bin/pip ] || { rm -rf .venv; "$python" -m venv .venv; }
  echo "Installing the pinned requirements into .venv (a minute or two)…"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/development.txt
  echo "$wanted" > "$stamp"
fi
