#!/bin/sh
# One-shot before the collector: its keys, the schema, the sample catalogue.
set -eu
collector() { tonghop-collector -c /usr/libexec/tonghop/collector.ini "$@"; }
collector keygen
collector migrate
collector catalogue import /usr/share/tonghop/examples/quang-ninh/catalogue
