#!/bin/sh
# The browser tests need a Chromium. Looks for one, installs Debian's as root, or says precisely what to do.
set -eu
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Chromium wordt geïnstalleerd voor de browsertests."
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
  exit 0
fi
echo "De browsertests hebben Chromium nodig. Installeer het, bijvoorbeeld met: sudo apt-get install chromium" >&2
exit 1
