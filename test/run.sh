#!/bin/sh
# Set up what is missing, build mailwhy four times and run every test there
# is: gcc with optimisation, AddressSanitizer and UBSan, ThreadSanitizer (the
# tests that use threads), clang. One CTest run, one summary; each test bears
# the name of its build as a label. Safe to run again.
#
#	test/run.sh			everything
#	test/run.sh -R unit		arguments go to CTest
set -eu
cd "$(dirname "$0")/.."
. cmd/setup.sh

BUILDS="release asan tsan clang"

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
mkdir -p .build/all
: >.build/all/CTestTestfile.cmake
for name in $BUILDS; do
	build "$name"
	printf 'subdirs("../%s")\n' "$name" >>.build/all/CTestTestfile.cmake
done
exec ctest --test-dir .build/all --output-on-failure -j "$(getconf _NPROCESSORS_ONLN)" "$@"
