#!/bin/sh
# One-shot before a reporter: makes the office's key where it stays and enrols it. In
# real use the two lines in the middle are said by two people, on two machines.
set -eu
code=$1
office() { tonghop-reporter --state-dir=/state/office "$@"; }
[ -f /state/office/key ] || office keygen
tonghop-collector -c /usr/libexec/tonghop/collector.ini enrol district "$code" \
  /state/office/key.pub --bundle "/tmp/$code.bundle" --force
office join "/tmp/$code.bundle"
