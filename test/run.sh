#!/bin/sh
# Set up what is missing, build mailwhy four times and run every test there
# is: clang, ThreadSanitizer (the tests that use threads), AddressSanitizer and
# UBSan, gcc with optimisation. All four run whatever becomes of the others;
# the last summary is that of the release. Safe to run again.
#
#	test/run.sh			everything
#	test/run.sh -R unit		arguments go to CTest
set -eu
cd "$(dirname "$0")/.."
. cmd/setup.sh

BUILDS="clang tsan asan release"

build()
{
	log=$(mktemp)
	say "building: $1"
	if { cmake --preset "$1" -DMAILWHY_TESTS=ON &&
	     cmake --build --preset "$1"; } >"$log" 2>&1; then
		rm -f "$log"
		return 0
	fi
	cat "$log" >&2
	rm -f "$log"
	say "the build '$1' failed; the messages are above"
	return 1
}

set_up test
# many tests wait for silence: twice as many as there are processors
jobs=$(($(getconf _NPROCESSORS_ONLN) * 2))
failed=
for name in $BUILDS; do
	build "$name"
done
for name in $BUILDS; do
	say "testing: $name"
	ctest --test-dir ".build/$name" --output-on-failure -j "$jobs" \
		"$@" || failed="$failed $name"
done
if [ -n "$failed" ]; then
	say "tests failed in:$failed"
	exit 1
fi
