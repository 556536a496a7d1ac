#!/bin/sh
# The benchmark, by hand: builds the release and prints how mailwhy compares
# with curl. Needs root, curl and what test/run.sh installs.
#
#	test/bench/run.sh [bench | batch]
#
# bench: one account, RUNS=n repetitions. batch: many accounts, ACCOUNTS=n of
# them in ROUNDS=n repetitions. Without a word both.
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
for what in ${1:-bench batch}; do
	/usr/bin/python3 -B "test/bench/$what.py" .build/release/mailwhy \
		.build/release/delaylink .build/release/measure
done
