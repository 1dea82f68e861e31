#!/bin/sh
# The browser tests need Chromium and Chinese fonts. As root on Debian they are installed; otherwise the browser
# part is left out, loudly (status 3); under CI=true that is a failure (status 1).
set -eu

has_chromium() { command -v chromium >/dev/null 2>&1 || [ -n "${CHROMIUM:-}" ]; }
has_fonts() { fc-list :lang=zh 2>/dev/null | grep -q .; }

if has_chromium && has_fonts; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium and Chinese fonts for the browser tests …"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends \
        chromium fonts-noto-cjk fontconfig; } >/dev/null || true
fi
if has_chromium && has_fonts; then exit 0; fi
cat >&2 <<'END'
************************************************************************
  Chromium or Chinese fonts are missing: THE BROWSER TESTS ARE LEFT OUT.
  Debian: apt-get install chromium fonts-noto-cjk
************************************************************************
END
if [ "${CI:-}" = true ]; then exit 1; fi
exit 3
