#!/bin/sh
# The benchmark, by hand: builds the release and prints how mailwhy compares
# with curl. Needs root, curl and what test/run.sh installs. RUNS=n changes the
# number of repetitions.
set -eu
cd "$(dirname "$0")/../.."
. cmd/setup.sh

set_up build
cmake --preset release >/dev/null
cmake --build --preset release --target mailwhy >/dev/null
for tool in delaylink measure; do
	cc -O2 -Wall -Wextra -std=c11 -o ".build/release/$tool" \
		"test/bench/$tool.c"
done
exec /usr/bin/python3 -B test/bench/bench.py .build/release/mailwhy \
	.build/release/delaylink .build/release/measure
