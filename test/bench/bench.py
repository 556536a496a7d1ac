#!/usr/bin/env python3
"""How mailwhy compares with curl: round trips on a link of 100 ms, and CPU
and memory on loopback. Prints ratios beside the bars the project set itself;
it is no test, machines differ. Needs root (namespaces, mail servers), curl
and knotd.

    bench.py MAILWHY DELAYLINK MEASURE
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / "live" / "mail")]
import servers          # noqa: E402

HOST, USER = servers.HOST, "alice@mail.test"
PASSWORD = servers.USERS[USER][0]
RTT_MS = 100
PROGRAM = None          # mailwhy
MEASURE = None          # path of measure.c, built
CLIENT, SERVER = "mailwhy-bench-c", "mailwhy-bench-s"
CLIENT_IP, SERVER_IP = "10.77.0.1", "10.77.0.2"
# Hosts without a mail service: one drops what is sent there, one refuses it,
# one takes every connection and says nothing.
SILENT_IP, REFUSING_IP, MUTE_IP = "10.77.0.3", "10.77.0.4", "10.77.0.5"
SILENT, REFUSING, MUTE = (f"{n}.{HOST}" for n in ("silent", "refusing", "mute"))
MUTE_SERVER = """
import socket, sys, time
for port in sys.argv[2:]:
    s = socket.create_server((sys.argv[1], int(port)))
    globals()[port] = s             # the queue takes them, nobody speaks
time.sleep(1e6)
"""
STANDARD = dict(IMAP=143, IMAPS=993, POP3=110, POP3S=995, NOAUTH=1993,
                SUBMISSION=587, SMTPS=465, STRICT=1465, MX=25, CLEAR=1587)


def run_once(command, near=()):
    """Wall ms, CPU ms and peak MB of one process."""
    done = subprocess.run([*near, MEASURE, *command], text=True,
                          input=PASSWORD + "\n", capture_output=True)
    if done.returncode != 0:
        raise SystemExit(f"{command}\nexit {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")
    wall, cpu, memory = done.stderr.splitlines()[-1].split()
    return float(wall), float(cpu), float(memory) / 1024


def medians(seen):
    return tuple(map(statistics.median, zip(*seen)))


def measure(command, runs, near=()):
    return medians([run_once(command, near) for _ in range(runs)])


def minima(seen):
    """The run that was disturbed least: on a shared machine the steadier
    figure, beside the median of what a person will meet."""
    return tuple(map(min, zip(*seen)))


def measure_both(ours, theirs, runs):
    """In turn, so that a machine whose speed drifts is fair to both.
    Medians and minima of each."""
    seen = zip(*((run_once(ours), run_once(theirs)) for _ in range(runs)))
    return tuple((medians(one), minima(one)) for one in seen)


def mailwhy(program, ca, ports, ways, *options):
    scheme = {"IMAPS": "imaps", "SMTPS": "submissions",
              "SUBMISSION": "submission"}
    user = USER.replace("@", "%40")
    return [program, *(f"{scheme[w]}://{user}@{HOST}:{ports[w]}"
                       for w in ways),
            "--ca-file", str(ca), "--password-stdin", "--quiet", *options]


def curl(ca, ports, ways, *options):
    urls = {"IMAPS": "imaps://{h}:{p}/", "SMTPS": "smtps://{h}:{p}/",
            "SUBMISSION": "smtp://{h}:{p}/"}
    command = ["curl", "-sS", "--cacert", str(ca), "--ssl-reqd", "-u",
               f"{USER}:{PASSWORD}", "-X", "NOOP", *options]
    return command + [urls[w].format(h=HOST, p=ports[w]) for w in ways]


def row(name, value, other, unit, bar=None, other_name="curl"):
    ratio = f"{value / other:5.2f} of {other_name}" if other else ""
    told = f"   bar {bar}" if bar else ""
    other_text = f"{other:8.1f}" if other else " " * 8
    print(f"  {name:<34}{value:8.1f}{other_text} {unit:<4}{ratio}{told}")


# ---- the link ----

def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Link:
    """Two namespaces, delaylink between them, knot on the far side. The domain
    names its servers (SRV), or it does not and its host for autoconfig takes
    no connection, so that whoever asks it waits in vain."""

    def __init__(self, delaylink, names_servers=True):
        self.names_servers = names_servers
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="mailwhy-bench-"))
        self.started = []
        self.delaylink = delaylink

    def __enter__(self):
        self.remove_namespaces()
        for name in (CLIENT, SERVER):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        link = subprocess.Popen([self.delaylink, CLIENT, SERVER,
                                 str(RTT_MS / 2)], stdout=subprocess.PIPE)
        self.started.append(link)
        if link.stdout.readline() != b"ready\n":
            raise SystemExit("delaylink did not start")
        for name, own, peer in ((CLIENT, CLIENT_IP, SERVER_IP),
                                (SERVER, SERVER_IP, CLIENT_IP)):
            ip("-n", name, "addr", "add", own, "peer", peer, "dev", "dl0")
            ip("-n", name, "link", "set", "dl0", "up", "mtu", "1500")
        for address in (SILENT_IP, REFUSING_IP, MUTE_IP):
            ip("-n", SERVER, "addr", "add", address, "dev", "dl0")
            ip("-n", CLIENT, "route", "add", address, "dev", "dl0")
        self.started.append(subprocess.Popen(
            ["ip", "netns", "exec", SERVER, sys.executable, "-c", MUTE_SERVER,
             MUTE_IP, "143", "993", "1994"]))
        self.start_knot()
        # "ip netns exec" puts this in the place of /etc/resolv.conf
        resolver = pathlib.Path("/etc/netns") / CLIENT
        resolver.mkdir(parents=True, exist_ok=True)
        (resolver / "resolv.conf").write_text(f"nameserver {SERVER_IP}\n")
        return self

    def start_knot(self):
        (self.dir / "zone").write_text(
            f"$ORIGIN {HOST}.\n$TTL 60\n@ SOA ns h 1 3600 600 86400 60\n"
            f"@ NS ns\n@ A {SERVER_IP}\nns A {SERVER_IP}\n"
            f"silent A {SILENT_IP}\nrefusing A {REFUSING_IP}\n"
            f"mute A {MUTE_IP}\n" +
            (f"_imaps._tcp SRV 0 1 993 {HOST}.\n"
             f"_submissions._tcp SRV 0 1 465 {HOST}.\n"
             if self.names_servers else f"autoconfig A {SILENT_IP}\n"))
        (self.dir / "knot.conf").write_text(f"""
server:
    rundir: "{self.dir}"
    listen: [ "{SERVER_IP}@53" ]
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: "{self.dir}"
zone:
  - domain: {HOST}
    file: "{self.dir}/zone"
    zonefile-sync: -1
    journal-content: none
""")
        self.started.append(subprocess.Popen(
            ["ip", "netns", "exec", SERVER, "knotd", "-c",
             str(self.dir / "knot.conf")], stdout=subprocess.DEVNULL))
        time.sleep(1)

    def remove_namespaces(self):
        for name in (CLIENT, SERVER):
            subprocess.run(["ip", "netns", "del", name],
                           stderr=subprocess.DEVNULL)

    def __exit__(self, *_):
        for process in self.started:
            process.kill()
            process.wait()
        self.remove_namespaces()
        shutil.rmtree(pathlib.Path("/etc/netns") / CLIENT)
        shutil.rmtree(self.dir)


def round_trips(program, delaylink, runs):
    far = ("ip", "netns", "exec", SERVER)
    near = ["ip", "netns", "exec", CLIENT]
    print(f"Round trips of {RTT_MS} ms, the name resolved over the link"
          f" (median of {runs})\n{'':36}{'mailwhy':>8}{'curl':>8}")
    with Link(delaylink):
        mail = servers.Servers(SERVER_IP, STANDARD, far,
                               quota=False, key="rsa").start()
        try:
            for name, ways, bar in (
                    ("IMAP 993", ["IMAPS"], 5.3),
                    ("SMTP 465", ["SMTPS"], 7.3),
                    ("SMTP 587 STARTTLS", ["SUBMISSION"], 9.3),
                    ("all three", ["IMAPS", "SMTPS", "SUBMISSION"], 9.7)):
                ours = measure(mailwhy(program, mail.ca, mail.ports, ways,
                                       "-4"), runs, near)
                theirs = measure(curl(mail.ca, mail.ports, ways, "-4",
                                      *(["-Z"] if len(ways) > 1 else [])),
                                 runs, near)
                row(name + (" (curl -Z)" if len(ways) > 1 else ""),
                    ours[0] / RTT_MS, theirs[0] / RTT_MS, "rtt", bar)
            ways = ["IMAPS", "SMTPS", "SUBMISSION"]
            theirs = measure(curl(mail.ca, mail.ports, ways, "-4"), runs, near)
            row("all three (curl one by one)", ours[0] / RTT_MS,
                theirs[0] / RTT_MS, "rtt")
        finally:
            mail.stop()


# ---- wrong settings ----

def verdict_of(program, ca, near, *target):
    """Seconds until the verdict, and the verdict."""
    began = time.monotonic()
    done = subprocess.run(
        [*near, program, *target, "--user", USER, "--address", USER,
         "--ca-file", str(ca), "-4", "--no-login", "--quiet", "--json"],
        capture_output=True, text=True)
    took = time.monotonic() - began
    return took, json.loads(done.stdout)["verdict"]


# What is set, and the seconds in which it should be named. Of the last ones
# nothing is right: neither host nor port nor the kind of encryption.
WRONG = [
    ("clear text on 993", HOST, "imap", "993", "none", 3),
    ("STARTTLS on 993", HOST, "imap", "993", "starttls", 3),
    ("TLS on 143", HOST, "imap", "143", "tls", 3),
    ("a silent port", HOST, "imap", "1994", "tls", 6),
    ("a blocked 465", HOST, "smtp", "465", "tls", 6),
    ("port, kind and silence", HOST, "imap", "1994", "none", 6),
    ("host, port and kind; silent", SILENT, "imap", "1994", "none", 6),
    ("host, port and kind; mute", MUTE, "imap", "1994", "none", 6),
    ("host, port and kind; closed ports", REFUSING, "imap", "1994", "none", 6),
    ("host and kind; silent", SILENT, "imap", "993", "starttls", 6),
    ("host and kind; mute", MUTE, "imap", "993", "starttls", 6),
    ("host and kind; mute, TLS", MUTE, "imap", "143", "tls", 6),
    ("host that does not exist", f"no.{HOST}", "imap", "1994", "none", 6),
]


def name_all(program, ca):
    near = ["ip", "netns", "exec", CLIENT]
    for name, host, service, port, security, bar in WRONG:
        took, verdict = verdict_of(program, ca, near, "--server", host,
                                   "--service", service, "--port", port,
                                   "--security", security)
        print(f"  {name:<34}{took:8.1f} s    {verdict:<24}bar {bar}.0")


def wrong_settings(program, delaylink, names_servers):
    """How long until the commonest mistakes are named. The far side answers
    on the mail ports only; a port nobody serves there is dropped in silence
    where nft can do that."""
    far = ("ip", "netns", "exec", SERVER)
    print(f"\nWrong settings, link of {RTT_MS} ms: seconds to the verdict" +
          ("" if names_servers else ";\nthe domain names no server, and its "
           "autoconfig host is silent"))
    with Link(delaylink, names_servers):
        mail = servers.Servers(SERVER_IP, STANDARD, far, quota=False,
                               key="rsa").start()
        if shutil.which("nft"):
            subprocess.run(
                [*far, "nft", "add table inet t; add chain inet t in { type "
                 "filter hook input priority 0; }; add rule inet t in tcp "
                 "dport { 443, 1994, 465 } ip daddr != "
                 f"{MUTE_IP} drop; add rule inet t in ip daddr "
                 f"{SILENT_IP} drop"], check=True)
        try:
            name_all(program, mail.ca)
        finally:
            mail.stop()


# ---- loopback ----

def three_logins(program, runs, key):
    """mailwhy's and curl's medians, with a server key of this kind: checking
    an ECDSA signature is what Mbed TLS is slowest at."""
    mail = servers.Servers(quota=False, key=key).start()
    resolve = [f"{HOST}:{p}:{servers.ADDRESS}" for p in mail.ports.values()]
    ways = ["IMAPS", "SMTPS", "SUBMISSION"]
    try:
        return measure_both(
            mailwhy(program, mail.ca, mail.ports, ways, "--resolve",
                    f"{HOST}:*:{servers.ADDRESS}"),
            curl(mail.ca, mail.ports, ways, *(
                word for r in resolve for word in ("--resolve", r))), runs)
    finally:
        mail.stop()


def loopback(program, runs):
    print(f"\nLoopback, login on three endpoints (median of {runs})\n"
          f"{'':36}{'mailwhy':>8}{'curl':>8}")
    (ours, best), (theirs, their_best) = three_logins(program, runs, "rsa")
    row("wall", ours[0], theirs[0], "ms")
    row("CPU", ours[1], theirs[1], "ms", "0.60")
    row("CPU, least disturbed run", best[1], their_best[1], "ms", "0.60")
    row("peak memory", ours[2], theirs[2], "MB", "0.50")
    (ours, _), (theirs, _) = three_logins(program, runs, "ec")
    row("CPU, server key P-256", ours[1], theirs[1], "ms")
    (ours, _), (theirs, _) = measure_both([program, "--version"],
                                          ["curl", "--version"], runs * 3)
    row("--version, wall", ours[0], theirs[0], "ms", "0.50")
    row("--version, CPU", ours[1], theirs[1], "ms", "0.50")


def require():
    if os.geteuid() != 0:
        raise SystemExit("this needs root: it makes network namespaces")
    servers.require()
    for tool in ("curl", "knotd", "ip"):
        if not shutil.which(tool):
            raise SystemExit(f"missing: {tool}")
    subprocess.run([PROGRAM, "--version"], check=True)
    subprocess.run(["curl", "--version"], check=True,
                   stdout=subprocess.DEVNULL)


def main():
    global PROGRAM, MEASURE
    PROGRAM, delaylink, MEASURE = sys.argv[1:4]
    program, runs = PROGRAM, int(os.environ.get("RUNS", "7"))
    require()
    round_trips(program, delaylink, runs)
    for names_servers in (True, False):
        wrong_settings(program, delaylink, names_servers)
    loopback(program, runs * 3)


if __name__ == "__main__":
    main()
