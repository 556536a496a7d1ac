#!/usr/bin/env python3
"""Every attack of attacks.py at every service and stage where it is possible,
over real sockets and real TLS, and where no TLS trick is needed in the
scripted world, too. Of each: an honest verdict that names the stage, bounded
time and memory, no byte of the server's that could move a terminal, and
nothing of the secret on the wire in clear text.

    hostile.py HOSTILE_SERVER MEASURE [--sanitized] [WORD ...]

Prints a table: attack, verdict, stage, seconds, seconds of the jumping clock,
peak KB. A sanitizer's own memory is not ours, and it is slow: then a part of
the attacks, without the bound on memory.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "live")]
import attacks          # noqa: E402
import harness          # noqa: E402

SERVER, MEASURE = sys.argv[1:3]
SANITIZED = "--sanitized" in sys.argv
WORDS = [word for word in sys.argv[3:] if not word.startswith("--")]
SECRET = "Kanarienvogel-7391"
USER = "taro@mail.example"
# Seconds, of a probe: of one that is kept waiting, and of one that is not, for
# which this machine may be busy. It ends in time, and experiments follow.
PATIENCE, HASTE = (5, 40) if SANITIZED else (2, 15)
PROBES_MOST = 4
CLOCK_MOST = 3 * 60_000     # with the default of 60 s and experiments
# The peak of a check where nothing goes wrong, and this much more. A server that
# may be the wrong one has others looked for, which loads libcurl and costs what
# an attack may not.
KB_MORE, KB_CURL = 4096, 12288
EARLY = ("connect", "tls", "greeting")
NOT_HERE = ("auth_not_offered", "wrong_credentials")
PORT = {("imap", "tls"): 993, ("imap", "starttls"): 143,
        ("smtp", "tls"): 465, ("smtp", "starttls"): 587,
        ("pop3", "tls"): 995, ("pop3", "starttls"): 110,
        ("imap", "none"): 143}
SCHEME = {("imap", "tls"): "imaps", ("imap", "starttls"): "imap",
          ("smtp", "tls"): "submissions", ("smtp", "starttls"): "submission",
          ("pop3", "tls"): "pop3s", ("pop3", "starttls"): "pop3"}


class Case:
    def __init__(self, attack, service, security, stage):
        self.attack, self.service = attack, service
        self.security, self.stage = security, stage

    @property
    def name(self):
        return f"{self.attack.name} | {self.service} {self.security} " \
               f"{self.stage}"

    @property
    def host(self):
        return f"{self.service}.mail.example"

    def scenario(self):
        a, port = self.attack, PORT[self.service, self.security]
        lines = ["title.en: x", "title.ja: x", f"address: {USER}",
                 "provider: none", f"secret: {SECRET}", "verdict: unknown",
                 "exit: 4", "logins: 1"]
        if self.service == "smtp":
            lines.append(f"sender: {USER}")
        lines.append(f"endpoint {self.service} {self.host}:{port} "
                     f"{self.security} demanded")
        if a.wire:
            lines.append(f"wire: {a.wire}")
        if a.tls:
            lines.append(f"tls: {a.tls}")
        if a.cert:
            lines.append(f"cert: {a.cert}")
        if a.offers:
            lines.append(f"offers: {a.offers[self.service]}")
        if self.clear:
            lines.append(f"offers-clear: {self.clear}")
        # a greeting that tells capabilities saves the command
        if self.stage == "capability" and self.service == "imap":
            lines += ["greeting", "S: * OK ready"]
        if a.acts:
            lines.append(a.section[self.service] if a.section else
                         attacks.SECTION[self.service][self.stage])
            lines.append(attacks.filled(a.acts, self.service, self.stage))
        return "\n".join(lines) + "\n"

    @property
    def timeout(self):
        return PATIENCE if self.attack.waits else HASTE

    @property
    def clear(self):
        clear = self.attack.clear
        return clear.get(self.service) if clear else None

    @property
    def stages_named(self):
        """What may be named as the stage that failed; None: none did."""
        named = self.attack.fails or (
            (None,) if self.attack.harmless else (self.stage,))
        # the reset may be there before we have looked whether we are connected
        first = self.stage in ("greeting", "tls") and "RST" in self.attack.name
        return (*named, "connect") if first else named


def cases():
    for attack in attacks.ATTACKS:
        for service in attack.services:
            if attack.clear and service not in attack.clear:
                continue
            for security in attack.security:
                for stage in attack.stages:
                    if stage == "starttls" and security == "tls":
                        continue
                    case = Case(attack, service, security, stage)
                    if all(word in case.name for word in WORDS):
                        yield case


def chosen():
    return list(cases())[::7 if SANITIZED else 1]


# ---- a run ----

class Outcome:
    seconds = kilobytes = clock = 0
    verdict = stage = ""
    looks_around = False


def failing(report):
    for step in report["endpoints"][0]["steps"]:
        if step["result"] == "failed":
            return step["stage"]
    return None


def command(case, where, folder, *more):
    port = PORT[case.service, case.security]
    options = ["--connect-to", f"{case.host}:{port}::{where['ports'][0]}",
               "--dns-server", where["dns"], "--ca-file", folder / "ca.pem",
               "--timeout", case.timeout, "--password-stdin", "--json",
               "--save", folder / "saved", *more]
    if case.service == "smtp":
        options += ["--sender", USER]
    if case.security == "none":
        return [harness.PROGRAM, *options, "--server", case.host, "--port",
                port, "--service", case.service, "--security", "none",
                "--user", USER]
    user = USER.replace("@", "%40")
    return [harness.PROGRAM, *options,
            f"{SCHEME[case.service, case.security]}://{user}@{case.host}"]


def check(case, folder, *more):
    """The server, and mailwhy against it; (run, measured, what it saw)."""
    (folder / "scenario").write_text(case.scenario(), encoding="utf-8")
    server = subprocess.Popen([SERVER, "serve", folder / "scenario", folder],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        where = json.loads(server.stdout.readline() or "null")
        if not where:
            raise AssertionError("the scenario cannot be played")
        done = subprocess.run(
            [MEASURE, *map(str, command(case, where, folder, *more))],
            input=SECRET.encode() + b"\n", capture_output=True, timeout=240,
            env=harness.clean_environment())
        server.stdin.close()
        seen = json.loads(server.stdout.readline() or "{}")
    finally:
        server.kill() if server.stdin.closed is False else None
        server.wait(timeout=20)
        server.stdout.close()
    err, _, last = done.stderr.decode().rstrip().rpartition("\n")
    return harness.Run(done.returncode, done.stdout.decode(), err), \
        last.split(), seen


def by_script(case, folder):
    done = subprocess.run([SERVER, "script", folder / "scenario", folder],
                          capture_output=True, timeout=60)
    if done.returncode:
        raise AssertionError(f"script: {done.stderr.decode()}")
    return json.loads(done.stdout)


# ---- what must hold ----

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e"
                      "\u2060-\u2069\ufeff]")


def secrets_in(data):
    forms = harness.secret_forms(SECRET)
    return [form for form in forms if form.encode() in data]


def dishonest(case, verdict, stage, logins):
    """Nothing was accepted, or not to the end; nothing was refused."""
    attack = case.attack
    if attack.wants:
        if verdict not in attack.wants:
            yield f"verdict {verdict}"
    elif attack.harmless:
        if verdict != "works":
            yield f"verdict {verdict}"
    elif verdict == "wrong_credentials":
        yield "a wrong password, yet nobody said so"
    elif verdict == "works" and None not in case.stages_named:
        yield "it works, they say"
    if stage is not Ellipsis and stage not in case.stages_named:
        yield f"stage {stage}, not {case.stages_named}"
    if not attack.may_login and logins:
        yield f"{logins} logins"


def clean(case, folder, run):
    for lang in ("en", "ja"):
        again = harness.run("replay", "-v", "--lang", lang, folder / "saved")
        harness.no_trace(SECRET, again)
        if found := CONTROLS.findall(again.out):
            yield f"the report holds {found}"
    harness.no_trace(SECRET, run)
    harness.validate(run.report)
    said = json.dumps(run.report, ensure_ascii=False)
    if found := CONTROLS.findall(said.replace("\\n", "")):
        yield f"the JSON holds {found}"
    for form in secrets_in((folder / "saved").read_bytes()):
        yield f"the session holds {form}"


def measured(case, folder, outcome):
    run, usage, seen = check(case, folder)
    outcome.seconds = float(usage[0]) / 1000
    outcome.kilobytes = int(usage[2])
    outcome.verdict = run.report["verdict"]
    outcome.stage = failing(run.report)
    outcome.looks_around = outcome.stage in EARLY or \
        outcome.verdict in NOT_HERE
    yield from dishonest(case, outcome.verdict, outcome.stage,
                         seen["logins"])
    for form in secrets_in((folder / "heard").read_bytes()):
        yield f"in clear text on the wire: {form}"
    yield from clean(case, folder, run)
    if outcome.seconds > PROBES_MOST * case.timeout:
        yield f"{outcome.seconds:.1f} s"


def scripted(case, folder, outcome):
    end = by_script(case, folder)
    outcome.clock = end["took"]
    yield from (f"script: {what}" for what in dishonest(
        case, end["verdict"], ..., end["logins"]))
    for form in secrets_in((folder / "heard").read_bytes()):
        yield f"script: in clear text: {form}"
    if end["took"] > CLOCK_MOST:
        yield f"script: {end['took'] / 1000} s by its clock"


def play(case):
    outcome, wrong = Outcome(), []
    with tempfile.TemporaryDirectory(prefix="mailwhy-hostile-") as name:
        folder = pathlib.Path(name)
        try:
            wrong += measured(case, folder, outcome)
            if case.attack.by_script:
                wrong += scripted(case, folder, outcome)
        except (AssertionError, ValueError, KeyError, OSError, IndexError,
                subprocess.TimeoutExpired) as error:
            wrong.append(f"{type(error).__name__}: {str(error)[:2000]}")
    return case, outcome, wrong


# ---- all of them ----

def healthy():
    """The peak of a check where nothing is wrong, the largest of a few."""
    peaks = []
    for service in attacks.SERVICES:
        for security in ("tls", "starttls"):
            case = Case(attacks.Attack("none", stages=("login",),
                                       harmless=True),
                        service, security, "login")
            _, outcome, wrong = play(case)
            if wrong:
                raise SystemExit(f"{case.name}: {wrong}")
            peaks.append(outcome.kilobytes)
    return max(peaks)


def the_tap_hears():
    """What is sent in clear text, when told so, is found: else no test here
    could fail."""
    case = Case(attacks.Attack("none", stages=("login",), harmless=True),
                "imap", "none", "login")
    with tempfile.TemporaryDirectory(prefix="mailwhy-hostile-") as name:
        folder = pathlib.Path(name)
        run, _, seen = check(case, folder, "--insecure-plaintext")
        found = secrets_in((folder / "heard").read_bytes())
        if run.report["verdict"] != "works" or seen["logins"] != 1 or \
                not found:
            raise SystemExit(f"the tap is deaf: {run.report['verdict']}, "
                             f"{seen}, {found}")


def tell(case, outcome, wrong):
    print(f"{'not ok' if wrong else 'ok':6} {case.name:75} "
          f"{outcome.verdict:22} {outcome.stage or '-':10} "
          f"{outcome.seconds:6.2f} s {outcome.clock / 1000:7.1f} s "
          f"{outcome.kilobytes:6} KB" +
          "".join(f"\n       {what}" for what in wrong), flush=True)


def main():
    the_tap_hears()
    peak = healthy()
    limit = peak + KB_MORE
    print(f"a healthy check: {peak} KB; the limit: {limit} KB, {KB_CURL} more "
          f"where other servers are looked for; "
          f"{PROBES_MOST * PATIENCE} s where it waits, by the jumping clock "
          f"{CLOCK_MOST // 1000} s")
    failed, outcomes = 0, []
    with concurrent.futures.ThreadPoolExecutor(
            8 * (os.cpu_count() or 2)) as pool:
        for case, outcome, wrong in pool.map(play, chosen()):
            most = limit + KB_CURL * outcome.looks_around
            if outcome.kilobytes > most and not SANITIZED:
                wrong.append(f"{outcome.kilobytes} KB")
            tell(case, outcome, wrong)
            failed += bool(wrong)
            outcomes.append(outcome)
    late = [o.kilobytes for o in outcomes if not o.looks_around]
    print(f"{len(outcomes)} attacks, {failed} failures; the worst: "
          f"{max(o.seconds for o in outcomes):.2f} s, "
          f"{max(o.clock for o in outcomes) / 1000:.1f} s by the jumping "
          f"clock, {max(o.kilobytes for o in outcomes)} KB, without "
          f"libcurl {max(late, default=0)} KB")
    sys.exit(1 if failed or not outcomes else 0)


if __name__ == "__main__":
    main()
