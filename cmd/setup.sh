# shellcheck shell=sh
# Sourced by cmd/try.sh and test/run.sh: what has to be on the machine, and
# how it gets there. Debian and its kin are set up; elsewhere the names of the
# packages are printed. Nothing is touched when nothing is missing.

BUILD_PACKAGES="cmake ninja-build gcc libc6-dev pkg-config ca-certificates
	libmbedtls-dev libc-ares-dev libcjson-dev libidn2-dev libunistring-dev
	libcurl4-openssl-dev libexpat1-dev"

# The test suite runs real servers beside the unit tests.
TEST_PACKAGES="$BUILD_PACKAGES clang libcmocka-dev python3 python3-jsonschema
	openssl iproute2 dovecot-imapd dovecot-pop3d dovecot-auth-lua postfix
	knot nftables libxml2-utils jq perl prometheus
	libmonitoring-plugin-perl"

say()
{
	printf '%s\n' "$*" >&2
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif ! command -v sudo >/dev/null; then
		say "this needs root, and there is no sudo: $*"
		return 1
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

missing_packages()
{
	for package in "$@"; do
		case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
		*" installed") ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

# The suite starts its own servers with its own configuration. Debian's would
# be started by their installation; policy-rc.d is the way to say no, and one
# that is there already (containers) is left alone.
hold_daemons()
{
	held=/usr/sbin/policy-rc.d
	if [ -e "$held" ]; then
		held=
		return
	fi
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$held" >/dev/null
	as_root chmod 755 "$held"
	trap release_daemons EXIT INT TERM HUP
}

release_daemons()
{
	trap - EXIT INT TERM HUP
	if [ -n "$held" ]; then
		as_root rm -f "$held"
	fi
}

# Postfix asks what kind of mail server this shall be: none.
answer_questions()
{
	printf 'postfix postfix/main_mailer_type select No configuration\n' |
		as_root debconf-set-selections 2>/dev/null || :
}

apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a \
		apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@"
}

install_debian()
{
	missing=$(missing_packages "$@")
	if [ -z "$missing" ]; then
		return 0
	fi
	say "installing: $missing"
	case $missing in
	*postfix*) answer_questions ;;
	esac
	hold_daemons
	log=$(mktemp)
	# shellcheck disable=SC2086 # a list of words
	if apt_get update >"$log" 2>&1 &&
	   apt_get install --no-install-recommends -y $missing \
		>>"$log" 2>&1 </dev/null; then
		rm -f "$log"
		release_daemons
		return 0
	fi
	release_daemons
	cat "$log" >&2
	rm -f "$log"
	say "apt could not install: $missing"
	return 1
}

name_packages()
{
	say "This system has no apt. Install these with its own tools:"
	say "  Fedora   dnf install cmake ninja-build gcc pkgconf mbedtls-devel" \
		"c-ares-devel cjson-devel libidn2-devel libunistring-devel" \
		"libcurl-devel expat-devel"
	say "  Alpine   apk add build-base cmake samurai pkgconf mbedtls-dev" \
		"c-ares-dev cjson-dev libidn2-dev libunistring-dev linux-headers" \
		"curl-dev expat-dev"
	say "  macOS    brew install cmake ninja pkg-config mbedtls@3 c-ares" \
		"cjson libidn2 libunistring curl expat"
	if [ "$1" = test ]; then
		say "and for the tests: clang, cmocka, Python 3 with jsonschema," \
			"openssl, Dovecot, Postfix, Knot DNS, iproute2, nftables," \
			"xmllint, jq, Perl with Monitoring::Plugin, promtool."
	fi
}

# set_up build|test: everything that is needed is there afterwards, or false.
set_up()
{
	if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
		case $1 in
		test) # shellcheck disable=SC2086
			install_debian $TEST_PACKAGES ;;
		*) # shellcheck disable=SC2086
			install_debian $BUILD_PACKAGES ;;
		esac
		return
	fi
	for tool in cmake ninja cc pkg-config; do
		if ! command -v "$tool" >/dev/null; then
			say "missing: $tool"
			name_packages "$1"
			return 1
		fi
	done
}
