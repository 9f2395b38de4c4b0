#!/bin/sh
# One-shot: makes the database's passwords, once, in the secrets volume.
set -eu
cd /state/secrets
[ -f pgpass ] && exit 0
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
owner=$(random) writer=$(random)
# The database's own account reads these two at its first start.
printf '%s' "$owner" >owner-password
printf '%s' "$writer" >collector-password
chmod 0444 owner-password collector-password
umask 077
printf 'db:5432:*:owner:%s\ndb:5432:*:collector:%s\n' "$owner" "$writer" >pgpass.new
mv pgpass.new pgpass
echo "secrets: passwords made"
