#!/usr/bin/env python3
"""dns_lookup against a real name server (Knot) and some that misbehave.

    dns_live.py DNS_PROBE

Everything runs on free loopback ports and ends with this script.
"""
import pathlib
import socket
import struct
import subprocess
import sys
import threading

from knot import Knot, free_port

HERE = pathlib.Path(__file__).resolve().parent / "dns"


class Liar:
    """A UDP server that makes its answer from each question."""

    def __init__(self, answer):
        self.answer = answer
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            question, peer = self.socket.recvfrom(512)
            reply = self.answer(question)
            if reply is not None:
                self.socket.sendto(reply, peer)


def question_of(message):
    """Only the question: what follows it (EDNS) is cut off."""
    end = message.index(b"\0", 12) + 5
    return message[12:end]


def reply(message, answers, rcode=0, count=1):
    return (message[:2] + struct.pack("!5H", 0x8180 | rcode, 1, count, 0, 0) +
            question_of(message) + answers)


def is_aaaa(message):
    return question_of(message)[-3] == 28


A_RECORD = b"\xc0\x0c" + struct.pack("!2HIH", 1, 1, 60, 4) + bytes([127, 0, 0, 5])


def pointer_loop(message):
    at = 12 + len(question_of(message))
    name = struct.pack("!H", 0xc000 | at)
    return reply(message, name + struct.pack("!2HIH", 1, 1, 60, 4) + b"\x7f\0\0\1")


def cut_short(message):
    return reply(message, A_RECORD[:-2])


def only_a(message):
    """Answers A at once and never AAAA."""
    return None if is_aaaa(message) else reply(message, A_RECORD)


def nxdomain_for_aaaa(message):
    """Seen on load balancers: AAAA gets NXDOMAIN though A exists."""
    return reply(message, b"", 3, 0) if is_aaaa(message) \
        else reply(message, A_RECORD)


def cases(knot, servers):
    k = "127.0.0.1:%d" % knot.port
    yield "both families, IPv6 first", k, "", "both.live.test", {
        "fault": "none", "a": "none", "aaaa": "none",
        "addresses": "::1,127.0.0.1", "resolver": k, "cname": ""}
    yield "upper case and a final dot", k, "", "BOTH.Live.TEST.", {
        "fault": "none", "asked": "both.live.test",
        "addresses": "::1,127.0.0.1"}
    yield "IPv4 only", k, "", "v4only.live.test", {
        "fault": "none", "a": "none", "aaaa": "no-data",
        "addresses": "127.0.0.1"}
    yield "IPv6 only", k, "", "v6only.live.test", {
        "fault": "none", "a": "no-data", "aaaa": "none", "addresses": "::1"}
    yield "families alternate", k, "", "many.live.test", {
        "fault": "none", "address-count": 4, "second-family": "4"}
    yield "-4", k, "4", "both.live.test", {
        "fault": "none", "a": "none", "aaaa": "none(not-asked)",
        "addresses": "127.0.0.1"}
    yield "-6", k, "6", "both.live.test", {
        "fault": "none", "a": "none(not-asked)", "addresses": "::1"}
    yield "-4 on a name with IPv6 only", k, "4", "v6only.live.test", {
        "fault": "no-ipv4", "a": "no-data", "addresses": ""}
    yield "-6 on a name with IPv4 only", k, "6", "v4only.live.test", {
        "fault": "no-ipv6", "aaaa": "no-data", "addresses": ""}
    yield "-4 on a name without any", k, "4", "textonly.live.test", {
        "fault": "no-data"}
    yield "alias", k, "", "alias.live.test", {
        "fault": "none", "cname": "both.live.test",
        "addresses": "::1,127.0.0.1"}
    yield "alias of an alias", k, "", "far.live.test", {
        "fault": "none",
        "cname": "near.live.test,alias.live.test,both.live.test",
        "addresses": "::1,127.0.0.1"}
    yield "aliases in a circle", k, "", "loop1.live.test", {
        "fault": "cname-loop", "a": "cname-loop", "aaaa": "cname-loop",
        "cname": "loop2.live.test,loop3.live.test,loop1.live.test"}
    yield "alias of itself", k, "", "self.live.test", {
        "fault": "cname-loop", "cname": "self.live.test"}
    yield "alias that leads nowhere", k, "", "dangling.live.test", {
        "fault": "nxdomain", "cname": "nowhere.live.test"}
    yield "alias out of the zone", k, "", "away.live.test", {
        "fault": "no-data", "cname": "elsewhere.example"}
    yield "no such name", k, "", "nobody.live.test", {
        "fault": "nxdomain", "a": "nxdomain", "aaaa": "nxdomain"}
    yield "a name without addresses", k, "", "textonly.live.test", {
        "fault": "no-data", "a": "no-data", "aaaa": "no-data"}
    yield "a zone that does not load", k, "", "imap.broken.test", {
        "fault": "servfail", "a": "servfail", "aaaa": "servfail"}
    yield "a zone not served", k, "", "imap.other.example", {
        "fault": "dns-refused", "a": "dns-refused"}
    yield "letters beyond ASCII", k, "", "bücher.live.test", {
        "fault": "none", "asked": "xn--bcher-kva.live.test",
        "addresses": "127.0.0.4"}
    yield "an answer too large for UDP", k, "6", "big.live.test", {
        "fault": "none", "aaaa": "none", "address-count": 16}
    yield "silence", servers["silent"], "", "both.live.test", {
        "fault": "dns-timeout", "a": "dns-timeout", "aaaa": "dns-timeout",
        "resolver": servers["silent"]}
    yield "nothing listens", servers["closed"], "", "both.live.test", {
        "fault": "dns-unreachable", "a": "dns-unreachable"}
    yield "a name that points to itself", servers["pointer"], "", \
        "both.live.test", {"fault": "dns-malformed", "a": "dns-malformed"}
    yield "an answer cut short", servers["short"], "", "both.live.test", {
        "fault": "dns-malformed", "a": "dns-malformed"}
    yield "AAAA never comes", servers["only-a"], "", "both.live.test", {
        "fault": "none", "a": "none", "aaaa": "dns-timeout",
        "addresses": "127.0.0.5"}
    yield "NXDOMAIN for AAAA alone", servers["nx-aaaa"], "", \
        "both.live.test", {"fault": "none", "a": "none", "aaaa": "nxdomain",
                           "addresses": "127.0.0.5"}
    yield "-6, and NXDOMAIN for AAAA alone", servers["nx-aaaa"], "6", \
        "both.live.test", {"fault": "no-ipv6", "aaaa": "nxdomain",
                           "addresses": ""}
    yield "-6 and no such name", k, "6", "nobody.live.test", {
        "fault": "nxdomain", "a": "nxdomain", "aaaa": "nxdomain"}
    yield "an address is itself", servers["silent"], "", "192.0.2.7", {
        "fault": "none", "addresses": "192.0.2.7",
        "a": "none(not-asked)", "resolver": ""}
    yield "-6 and an IPv4 address", servers["silent"], "6", "192.0.2.7", {
        "fault": "no-ipv6", "addresses": ""}
    yield "localhost asks nobody", servers["silent"], "4", "localhost", {
        "fault": "none", "addresses": "127.0.0.1", "a": "none(not-asked)"}
    yield "below localhost neither", servers["silent"], "4", \
        "mail.localhost", {"fault": "none", "addresses": "127.0.0.1"}
    yield "a space in the name", k, "", "imap .live.test", {
        "fault": "bad-name"}
    yield "a name server that is none", "no-such:server", "", \
        "both.live.test", {"fault": "internal"}


def seen_by(probe, server, family, host):
    out = subprocess.run([*probe, server, family, "3000", host],
                         capture_output=True, timeout=60)
    text = out.stdout.decode()
    seen = dict(part.split("=", 1) for part in text.strip("\n").split(" ")
                if "=" in part)
    addresses = [a for a in seen.get("addresses", "").split(",") if a]
    seen["address-count"] = len(addresses)
    if len(addresses) > 1:
        seen["second-family"] = "6" if ":" in addresses[1] else "4"
    return out, seen


def check(probe, name, server, family, host, wanted):
    out, seen = seen_by(probe, server, family, host)
    wrong = {key: (value, seen.get(key)) for key, value in wanted.items()
             if seen.get(key) != value}
    # A fault comes with a sentence, success without one.
    if bool(out.stderr.strip()) != (wanted["fault"] != "none"):
        wrong["text"] = out.stderr.decode(errors="replace")
    if out.returncode != 0:
        wrong["exit"] = out.returncode
    print("%s - %s%s" % ("not ok" if wrong else "ok", name,
                         "".join("\n    %s: wanted and got %s" % pair
                                 for pair in wrong.items())))
    return not wrong


def main():
    probe = sys.argv[1:]
    silent = Liar(lambda question: None)
    servers = {
        "silent": silent,
        "pointer": Liar(pointer_loop),
        "short": Liar(cut_short),
        "only-a": Liar(only_a),
        "nx-aaaa": Liar(nxdomain_for_aaaa),
    }
    servers = {name: "127.0.0.1:%d" % s.port for name, s in servers.items()}
    servers["closed"] = "127.0.0.1:%d" % free_port()
    knot = Knot((HERE / "knot.conf.in").read_text(), HERE, "both.live.test")
    try:
        knot.wait()
        results = [check(probe, *case) for case in cases(knot, servers)]
    finally:
        knot.stop()
    print("%d of %d passed" % (sum(results), len(results)))
    sys.exit(0 if all(results) else 1)


main()
