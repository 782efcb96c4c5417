#!/bin/sh
# What the tests need of the system: a Chromium for the browser tests, tesseract with Dutch for reading scans, LibreOffice's Writer
# to open exported Word documents (without its windows: 86 MB to fetch, 263 MB on disk), and for several replicas nginx (1 MB to fetch,
# 2 MB on disk) and PostgreSQL (42 MB to fetch, 175 MB on disk).
# Looks for them, installs Debian's as root, or says precisely what to do.
set -eu
missing=""
chromium=""
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && chromium=yes
done
[ -n "$chromium" ] || missing="chromium"
if ! command -v tesseract >/dev/null 2>&1 || ! tesseract --list-langs 2>/dev/null | grep -qx nld; then
  missing="$missing tesseract-ocr tesseract-ocr-nld"
fi
if ! command -v soffice >/dev/null 2>&1; then
  missing="$missing libreoffice-writer-nogui"
fi
[ -n "$(command -v nginx || ls /usr/sbin/nginx 2>/dev/null)" ] || missing="$missing nginx-light"
[ -n "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing="$missing postgresql"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Voor de tests wordt geïnstalleerd: $missing."
  # shellcheck disable=SC2086 - several packages
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  exit 0
fi
echo "De tests hebben dit nodig: $missing. Installeer het, bijvoorbeeld met: sudo apt-get install $missing" >&2
exit 1
