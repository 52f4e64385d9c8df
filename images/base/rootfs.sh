#!/bin/sh
# Writes the root file system of Debian 12 as a tar archive to standard output; progress goes to standard error.
# Usage: rootfs.sh ARCHITECTURE (Debian's name for it: amd64, arm64). Needs mmdebstrap, debian-archive-keyring and root.
set -eu
# From mmdebstrap's own mirrors, updates and security included. Only what apt needs; no manuals, no translations; and
# packages are unpacked without fsync, here and in later layers.
exec mmdebstrap --quiet --mode=root --variant=apt --architectures="$1" \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt=force-unsafe-io \
    --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Languages "none"' \
    --customize-hook="copy-in $(dirname "$0")/install-packages /usr/local/sbin" \
    --customize-hook='rm -f "$1/etc/hostname" "$1/etc/resolv.conf"' \
    bookworm -
