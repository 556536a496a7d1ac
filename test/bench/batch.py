#!/usr/bin/env python3
"""How `mailwhy batch` compares with xargs and one curl per account that
fetches the same three URLs: CPU, throughput, memory, and what a link of 100 ms
allows. Prints ratios beside the bars the project set itself; it is no test.
Needs what bench.py needs.

    batch.py MAILWHY DELAYLINK MEASURE

Both have the same servers in the same run, the same small CA file (curl reads
it for every account, a system's bundle would cost it more) and addresses
instead of a resolver. Mailboxes exist before anything is measured.
"""
import collections
import json
import math
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile

import bench
from bench import HOST, servers

PASSWORD = "correct-horse-battery"
WAYS = {"IMAPS": "imaps", "SMTPS": "submissions", "SUBMISSION": "submission"}
# one login after the other in one process, as Dovecot's manual has it for
# many users ("high-performance mode")
FAST = """
auth_cache_size = 20M
auth_cache_ttl = 1 hour
service imap-login {
  service_count = 0
  process_min_avail = 2
}
service imap {
  service_count = 200
  process_min_avail = 4
}
"""
# Round trips of the slowest of the three, submission with STARTTLS, where the
# name is known and all is pipelined that may be: SYN, greeting, EHLO,
# STARTTLS, two of TLS 1.2, EHLO, AUTH.
FLOOR_TRIPS = 8


def user(number):
    return f"user{number:05d}@{HOST}"


class Crowd(servers.Servers):
    """`count` accounts. Dovecot as Debian has it, or `fast`; passwords come
    from one file, and nothing limits the connections of one client."""

    def __init__(self, count, fast=False, *args, **more):
        self.count, self.fast = count, fast
        super().__init__(*args, quota=False, key="rsa", **more)

    def write_users(self):
        super().write_users()
        (self.dir / "users").write_text("".join(
            f"{user(i)}:{{PLAIN}}{PASSWORD}::::::\n"
            for i in range(self.count)))

    def fill(self, template, target):
        super().fill(template, target)
        path = self.dir / target
        text = path.read_text()
        if target == "conf/master.cf":
            path.write_text(text.replace(" 50 smtpd", " 400 smtpd"))
        if target == "dovecot.conf":
            parts = text.split("passdb {")
            kept = [p for p in parts[1:] if f"%u {self.dir}/users" in p]
            text = parts[0] + "".join("passdb {" + p for p in kept)
            path.write_text(text + (FAST if self.fast else "") +
                            "default_process_limit = 400\n")


# ---- the two ----

class Accounts:
    """What each of the two is told, in files of their own."""

    def __init__(self, mail, count, resolve=True):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="mailwhy-batch-"))
        self.mail, self.count, self.resolve = mail, count, resolve
        self.lines = self.dir / "accounts.jsonl"
        self.curls = self.dir / "curls"
        self.out = self.dir / "out.jsonl"
        urls = [f"{WAYS[w]}://{HOST}:{mail.ports[w]}" for w in WAYS]
        self.lines.write_text("".join(json.dumps(
            {"address": user(i), "password": {"env": "BENCH_PASSWORD"},
             "endpoints": urls}) + "\n" for i in range(count)))
        self.curls.write_text("".join(
            self.curl(i) + "\n" for i in range(count)))

    def curl(self, number):
        words = ["-sS", "--cacert", self.mail.ca, "--ssl-reqd", "-X", "NOOP",
                 "-u", f"{user(number)}:{PASSWORD}"]
        for way in WAYS if self.resolve else ():
            words += ["--resolve",
                      f"{HOST}:{self.mail.ports[way]}:{self.mail.address}"]
        for way, scheme in WAYS.items():
            scheme = {"submissions": "smtps"}.get(scheme, scheme)
            scheme = {"submission": "smtp"}.get(scheme, scheme)
            words.append(f"{scheme}://{HOST}:{self.mail.ports[way]}/")
        return shlex.join(map(str, words))

    def mailwhy(self, jobs):
        command = [bench.PROGRAM, "batch", self.lines, "--ca-file",
                   self.mail.ca, "--pace", "off", "--no-state", "--quiet",
                   "-4", "--jobs", jobs, "--output", f"jsonl:{self.out}"]
        if self.resolve:
            command += ["--resolve", f"{HOST}:*:{self.mail.address}"]
        return list(map(str, command))

    def run_mailwhy(self, jobs, near=()):
        """Seconds, CPU ms per account, peak MB."""
        self.out.unlink(missing_ok=True)
        wall, cpu, memory = run(self.mailwhy(jobs), near)
        told = [json.loads(line) for line in self.out.open()]
        verdicts = collections.Counter(r["verdict"] for r in told)
        if verdicts["works"] != self.count:
            print(f"  not all of {self.count} are well: {dict(verdicts)}")
        return wall / 1000, cpu / self.count, memory

    def run_curl(self, jobs=8):
        wall, cpu, memory = run(["xargs", "-a", str(self.curls), f"-P{jobs}",
                                 "-L1", "curl"])
        return wall / 1000, cpu / self.count, memory


def run(command, near=()):
    done = subprocess.run(
        [*near, bench.MEASURE, *command], text=True, capture_output=True,
        stdin=subprocess.DEVNULL,
        env=dict(os.environ, BENCH_PASSWORD=PASSWORD))
    if done.returncode != 0:
        print(f"exit {done.returncode}: {done.stdout[-2000:]}"
              f"{done.stderr[-2000:]}")
    wall, cpu, memory = done.stderr.splitlines()[-1].split()
    return float(wall), float(cpu), float(memory) / 1024


# ---- the rows ----

def versus(count, fast, rounds, jobs):
    name = "long-lived login processes" if fast else "as Debian has it"
    print(f"\n{count} accounts, three logins each; Dovecot {name}"
          f" (median of {rounds})\n{'':36}{'mailwhy':>8}{'curl':>8}")
    mail = Crowd(count, fast).start()
    try:
        accounts = Accounts(mail, count)
        accounts.run_mailwhy(jobs)
        seen = [(accounts.run_mailwhy(jobs), accounts.run_curl())
                for _ in range(rounds)]
    finally:
        mail.stop()
    ours, theirs = ([statistics.median(r[who][i] for r in seen)
                     for i in range(3)] for who in (0, 1))
    bench.row("accounts a second", count / ours[0], count / theirs[0], "/s",
              "3.50" if fast else "1.50")
    bench.row("CPU of the client, each", ours[1], theirs[1], "ms", "0.20")
    bench.row("peak memory", ours[2], None, "MB", "64")


def memory(counts, jobs):
    print(f"\nPeak memory, {jobs} accounts at a time")
    for count in counts:
        mail = Crowd(count, True).start()
        try:
            wall, _, peak = Accounts(mail, count).run_mailwhy(jobs)
        finally:
            mail.stop()
        bench.row(f"{count} accounts, {count / wall:.0f} a second", peak,
                  None, "MB", "64")


def latency(delaylink, count, jobs):
    limit = math.ceil(count / jobs) * FLOOR_TRIPS * bench.RTT_MS / 1000
    print(f"\n{count} accounts, {jobs} at a time, link of {bench.RTT_MS} ms:"
          f" {math.ceil(count / jobs)} rounds x {FLOOR_TRIPS} round trips"
          f"\n{'':36}{'mailwhy':>8}{'limit':>8}")
    with bench.Link(delaylink):
        mail = Crowd(count, True, bench.SERVER_IP, bench.STANDARD,
                     ("ip", "netns", "exec", bench.SERVER)).start()
        try:
            accounts = Accounts(mail, count, resolve=False)
            near = ["ip", "netns", "exec", bench.CLIENT]
            accounts.run_mailwhy(jobs, near)
            wall = min(accounts.run_mailwhy(jobs, near)[0]
                       for _ in range(3))
        finally:
            mail.stop()
    bench.row("seconds, the best of 3", wall, limit, "s", "1.20",
              "the limit")


def main():
    bench.PROGRAM, delaylink, bench.MEASURE = sys.argv[1:4]
    count = int(os.environ.get("ACCOUNTS", "500"))
    rounds = int(os.environ.get("ROUNDS", "3"))
    bench.require()
    versus(count, False, rounds, 8)
    versus(count, True, rounds, 8)
    latency(delaylink, 500, 64)
    memory([100, 1000, 10000], 64)


if __name__ == "__main__":
    main()
