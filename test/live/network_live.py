#!/usr/bin/env python3
"""Two hosts in network namespaces: what only a network can do. Ports that are
dropped in silence, here alone or everywhere; a dead IPv6; a host that is gone.
The far side has Dovecot, Postfix, Knot and a firewall. Skipped, loudly, where
namespaces are not allowed."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parent / "mail")]
import harness          # noqa: E402
import servers          # noqa: E402

HOST = servers.HOST
NEAR, FAR = f"mailwhy-n{os.getpid()}", f"mailwhy-f{os.getpid()}"
NEAR_IP, FAR_IP, ELSEWHERE_IP = "10.79.0.1", "10.79.0.2", "10.79.0.3"
NEAR_IP6, FAR_IP6 = "fd79::1", "fd79::2"
STANDARD = dict(IMAP=143, IMAPS=993, POP3=110, POP3S=995, NOAUTH=1993,
                SUBMISSION=587, SMTPS=465, STRICT=1465, MX=25, CLEAR=1587)
USER = "alice@mail.test"
PASSWORD = servers.USERS[USER][0]


def run(*words):
    subprocess.run(words, check=True, capture_output=True)


def far(*words):
    run("ip", "netns", "exec", FAR, *words)


def why_not():
    """None, or the reason why there is no network to play with."""
    for tool in ("ip", "nft", "knotd"):
        if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin"):
            return f"there is no {tool}"
    # to make one is not yet to enter it: that wants a / that is a mount
    for words in (("netns", "add", NEAR), ("netns", "exec", NEAR, "true")):
        done = subprocess.run(["ip", *words], capture_output=True, text=True)
        if done.returncode:
            return done.stderr.strip() or "no namespaces"
    return None


def make_hosts():
    run("ip", "netns", "add", FAR)
    run("ip", "link", "add", "mw0", "netns", NEAR, "type", "veth", "peer",
        "name", "mw0", "netns", FAR)
    for name, own in ((NEAR, (NEAR_IP, NEAR_IP6)), (FAR, (FAR_IP, FAR_IP6))):
        run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "-n", name, "addr", "add", own[0] + "/24", "dev", "mw0")
        run("ip", "-n", name, "addr", "add", own[1] + "/64", "dev", "mw0",
            "nodad")
        run("ip", "-n", name, "link", "set", "mw0", "up")
    run("ip", "-n", FAR, "addr", "add", ELSEWHERE_IP + "/24", "dev", "mw0")
    resolver = pathlib.Path("/etc/netns") / NEAR
    resolver.mkdir(parents=True, exist_ok=True)
    (resolver / "resolv.conf").write_text(f"nameserver {FAR_IP}\n")


def zone(name, address, more=""):
    return (f"$ORIGIN {name}.\n$TTL 60\n@ SOA ns h 1 3600 600 86400 60\n"
            f"@ NS ns\nns A {FAR_IP}\n@ A {address}\n{more}")


def start_knot(folder):
    """Names of the mail host, and of a large provider that is elsewhere."""
    elsewhere = "".join(f"{n} A {ELSEWHERE_IP}\n" for n in ("imap", "smtp"))
    zones = {HOST: zone(HOST, FAR_IP, f"six A {FAR_IP}\nsix AAAA fd79::66\n"),
             "gmail.com": zone("gmail.com", ELSEWHERE_IP, elsewhere)}
    entries = ""
    for name, text in zones.items():
        (folder / name).write_text(text)
        entries += f"  - domain: {name}\n    file: \"{folder / name}\"\n" \
                   "    zonefile-sync: -1\n    journal-content: none\n"
    (folder / "knot.conf").write_text(
        f"server:\n    rundir: \"{folder}\"\n    listen: [ \"{FAR_IP}@53\" ]\n"
        "    udp-workers: 1\n    tcp-workers: 1\n    background-workers: 1\n"
        f"log:\n  - target: stderr\n    any: error\n"
        f"database:\n    storage: \"{folder}\"\nzone:\n{entries}")
    return subprocess.Popen(
        ["ip", "netns", "exec", FAR, "knotd", "-c",
         str(folder / "knot.conf")], stdout=subprocess.DEVNULL,
        preexec_fn=servers.die_with_parent)


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        make_hosts()
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="mailwhy-net-"))
        cls.knot = start_knot(cls.dir)
        cls.mail = servers.Servers(
            FAR_IP, STANDARD, ("ip", "netns", "exec", FAR), quota=False)
        cls.mail.start()
        time.sleep(0.5)

    @classmethod
    def tearDownClass(cls):
        cls.mail.stop()
        cls.knot.kill()
        cls.knot.wait()
        shutil.rmtree(cls.dir)
        shutil.rmtree(pathlib.Path("/etc/netns") / NEAR)

    def setUp(self):
        far("nft", "add table inet t")
        far("nft", "add chain inet t in "
            "{ type filter hook input priority 0; }")

    def tearDown(self):
        far("nft", "delete table inet t")

    def drop(self, rule):
        far("nft", f"add rule inet t in {rule} drop")

    def check(self, *target, host=HOST, secret=None):
        program, harness.PROGRAM = harness.PROGRAM, "ip"
        try:
            result = harness.run(
                "netns", "exec", NEAR, program, "--server", host, "--user",
                USER, "--ca-file", self.mail.ca, "--quiet", "--json",
                *(("--password-stdin",) if secret else ("--no-login",)),
                *target, secret=secret)
        finally:
            harness.PROGRAM = program
        return result.report, result

    def assert_verdict(self, wanted, report, result, sure=None):
        self.assertEqual(report["verdict"], wanted, result)
        if sure:
            self.assertEqual(report["causes"][0]["confidence"], sure, result)

    def test_blocked_everywhere(self):
        self.drop("tcp dport 465")
        report, result = self.check("--service", "smtp", "--port", "465",
                                    "--security", "tls")
        self.assert_verdict("network_blocked", report, result, "likely")
        self.assertEqual(result.code, 3)
        self.assertNotIn("network_down",
                         [c["id"] for c in report["causes"]])

    def test_not_served_here(self):
        self.drop(f"ip daddr {FAR_IP} tcp dport 465")
        # the other host refuses at once: the way there is open
        report, result = self.check("--service", "smtp", "--port", "465",
                                    "--security", "tls")
        self.assert_verdict("wrong_port", report, result, "likely")

    def test_host_is_gone(self):
        self.drop(f"ip daddr {FAR_IP} tcp dport != 53")
        report, result = self.check("--service", "imap", "--port", "993",
                                    "--security", "tls")
        self.assert_verdict("server_unavailable", report, result)
        self.assertNotIn("network_blocked",
                         [c["id"] for c in report["causes"]])

    def test_wrong_port_in_silence(self):
        self.drop("tcp dport 9930")
        report, result = self.check("--service", "imap", "--port", "9930",
                                    "--security", "tls")
        self.assert_verdict("wrong_port", report, result, "proven")

    def test_clear_text_on_tls_port(self):
        for security in ("none", "starttls"):
            report, result = self.check("--service", "imap", "--port", "993",
                                        "--security", security)
            self.assert_verdict("plaintext_on_tls_port", report, result,
                                "proven")
            self.assertEqual(report["experiments"][0]["id"], "tls_at_once")

    def test_no_experiments(self):
        report, result = self.check("--service", "imap", "--port", "9930",
                                    "--security", "tls", "--no-experiments")
        self.assertEqual(report["experiments"], [], result)
        planned, result = self.check("--service", "imap", "--port", "9930",
                                     "--security", "tls", "--explain-plan")
        self.assertTrue(planned["experiments"], result)
        self.assertEqual({e["result"] for e in planned["experiments"]},
                         {"planned"}, result)

    def test_dead_ipv6(self):
        report, result = self.check("--service", "imap", "--port", "993",
                                    "--security", "tls", "--resolve",
                                    f"{HOST}:993:fd79::66,{FAR_IP}",
                                    secret=PASSWORD)
        self.assert_verdict("works", report, result)
        connect = [s for s in report["endpoints"][0]["steps"]
                   if s["stage"] == "connect"][0]
        self.assertEqual([a["state"] for a in connect["attempts"]],
                         ["lost", "won"], result)

    def test_unplugged(self):
        run("ip", "-n", NEAR, "link", "set", "mw0", "down")
        try:
            report, result = self.check("--service", "imap", "--port", "993",
                                        "--security", "tls", host=FAR_IP)
        finally:
            run("ip", "-n", NEAR, "link", "set", "mw0", "up")
            run("ip", "-n", NEAR, "addr", "add", NEAR_IP6 + "/64", "dev",
                "mw0", "nodad")
        self.assert_verdict("network_down", report, result)
        self.assertEqual(result.code, 3)


def remove_hosts():
    for name in (NEAR, FAR):
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


if __name__ == "__main__":
    servers.require()
    try:
        reason = why_not()
        if reason:
            print(f"SKIPPED: NO NETWORK TO TEST IN: {reason}", file=sys.stderr)
            sys.exit(77)
        unittest.main()
    finally:
        remove_hosts()
