#!/usr/bin/env python3
"""The rooms, held by their include lines.

cmd -> providers -> reports -> probes -> probes/wire -> probes/base, never the
other way; reports and providers see only values of the probes; the libraries
that touch the world are each named by the few files that wrap them.

    layers.py SOURCE_DIR
"""
import fnmatch
import pathlib
import re
import sys

# Each room, and the rooms (or single headers) it may include besides itself.
ROOMS = {
    "probes/base": [],
    "probes/wire": ["probes/base"],
    "probes": ["probes/wire", "probes/base"],
    "reports": ["probes/base", "probes/wire/facts.h", "probes/evidence.h",
                "probes/endpoint.h", "probes/candidate.h",
                "probes/*_reply.h"],
    "providers": ["reports/cause.h", "reports/rule.h", "reports/text.h",
                  "probes/base", "probes/endpoint.h", "probes/evidence.h",
                  "probes/candidate.h", "probes/domain_facts.h",
                  "probes/wire/facts.h"],
    "cmd/demo": ["probes", "probes/wire", "probes/base"],
    "cmd": ["cmd/demo", "providers", "reports", "probes", "probes/wire",
            "probes/base"],
    "cmd/batch": ["cmd", "providers", "reports", "probes", "probes/wire",
                  "probes/base"],
}

# Headers of the outside, and the only files that may include them.
WRAPPED = {
    "mbedtls/*": ["probes/base/digest.c", "probes/wire/tls*",
                  "probes/wire/pki*.c", "probes/wire/trust*.c"],
    "psa/*": ["probes/base/digest.c", "probes/wire/tls*",
              "probes/wire/pki*.c"],
    "ares*.h": ["probes/wire/dns*.c"],
    "curl/*": ["probes/wire/http_private.h"],
    "dlfcn.h": ["probes/wire/http_library.c"],
    "expat.h": ["providers/autoconfig*.c"],
    "cjson/*": ["probes/base/json.c"],
    "idn2.h": ["probes/wire/dns*.c", "probes/wire/idn*.c",
               "probes/wire/host*.c"],
    "sys/socket.h": ["probes/wire/*.c", "cmd/demo/dns_server.c"],
    "netinet/*": ["probes/wire/*.c", "cmd/demo/dns_server.c"],
    "arpa/inet.h": ["probes/wire/*.c", "cmd/demo/dns_server.c"],
    "pthread.h": ["probes/wire/thread.*"],
    "cmocka.h": [],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)


def room_of(path):
    """The innermost room a file lies in, or None (tests)."""
    folder = path.rsplit("/", 1)[0]
    return folder if folder in ROOMS else None


def may_include(room, header):
    if room_of(header) == room:
        return True
    return any(room_of(header) == allowed or fnmatch.fnmatch(header, allowed)
               for allowed in ROOMS[room])


def complaints(path, text):
    room = room_of(path)
    for quote, header in INCLUDE.findall(text):
        if quote == '"':
            if room_of(header) is None:
                yield f"{path}: {header} lies in no room (path from the root?)"
            elif not may_include(room, header):
                yield f"{path}: {room} may not include {header}"
            continue
        for pattern, files in WRAPPED.items():
            if fnmatch.fnmatch(header, pattern) and not any(
                    fnmatch.fnmatch(path, allowed) for allowed in files):
                yield f"{path}: <{header}> belongs behind a header of ours"


def self_test():
    """A check that cannot fail proves nothing: each of these must."""
    wrong = [("reports/human.c", '#include "cmd/options.h"'),
             ("reports/human.c", '#include "probes/wire/tcp.h"'),
             ("providers/provider.c", '#include "reports/report.h"'),
             ("probes/base/buf.c", '#include "probes/evidence.h"'),
             ("probes/wire/tcp.c", '#include "probes/talk.h"'),
             ("cmd/demo/server.c", '#include "reports/rule.h"'),
             ("cmd/check.c", "#include <ares.h>"),
             ("probes/wire/http.c", "#include <curl/curl.h>"),
             ("providers/plan.c", "#include <expat.h>"),
             ("providers/plan.c", '#include "probes/domain.h"'),
             ("probes/imap.c", "#include <mbedtls/ssl.h>"),
             ("probes/imap.c", '#include "talk.h"')]
    return [f"self test: {path} with {line} was let through"
            for path, line in wrong if not list(complaints(path, line))]


def main():
    root = pathlib.Path(sys.argv[1])
    found = self_test()
    files = 0
    for path in sorted(root.rglob("*.[ch]")):
        name = path.relative_to(root).as_posix()
        if room_of(name) is None:
            continue
        files += 1
        found += complaints(name, path.read_text(encoding="utf-8"))
    for line in found:
        print(line)
    if files < 20:
        print(f"only {files} files seen in {root}: wrong directory?")
    print(f"{files} files, {len(found)} complaints")
    return 1 if found or files < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
