#!/bin/sh
# Set up what is missing, build mailwhy, and let it diagnose a login against
# the server it carries inside. Safe to run again: then it only runs.
#
#	cmd/try.sh			the demonstration
#	cmd/try.sh demo --list		any other command of mailwhy
set -eu
cd "$(dirname "$0")/.."
. cmd/setup.sh

set_up build
log=$(mktemp)
if ! { cmake --preset release -DMAILWHY_TESTS=OFF &&
       cmake --build --preset release --target mailwhy; } >"$log" 2>&1; then
	cat "$log" >&2
	rm -f "$log"
	command -v apt-get >/dev/null || name_packages build
	say "mailwhy could not be built; the messages are above"
	exit 1
fi
rm -f "$log"
say "built: $PWD/.build/release/mailwhy"
say ""

if [ $# -eq 0 ]; then
	set -- demo
fi
exec .build/release/mailwhy "$@"
