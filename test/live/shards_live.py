#!/usr/bin/env python3
"""mailwhy batch on several machines: --shard and merge, and the examples of
the README.

    MAILWHY=path/to/mailwhy shards_live.py [-v] [Class.test]
"""
import collections
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "outputs")]
import batch_live       # noqa: E402
import harness          # noqa: E402
import parsers          # noqa: E402
from batch_live import (  # noqa: E402
    DIR, Case, account, arguments, lines, results, setUpModule, write)


def attempts():
    return sum(batch_live.SERVER.logins.values())


class Shards(Case):
    def test_side_by_side(self):
        path = write("shards.jsonl", *[
            account(f"u{i}", endpoints=[f"imaps://imap.d{i % 40}.test:9"])
            for i in range(200)], '{"broken')
        runs = [subprocess.Popen(
            [harness.PROGRAM, *map(str, arguments(
                path, "--shard", f"{i}/3", "--output",
                f"jsonl:{DIR}/shard{i}", "--resolve", "*:9:127.0.0.1",
                "--connect-to", ":9:127.0.0.1:9", "--quiet"))],
            stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            env=harness.clean_environment()) for i in (1, 2, 3)]
        for run in runs:
            run.wait(timeout=120)
        parts = [lines((DIR / f"shard{i}").read_text()) for i in (1, 2, 3)]
        names = [t["account"]["name"] for part in parts for t in part]
        self.assertEqual(len(names), 201)
        self.assertEqual(len(set(names)), 201)
        hosts = [{e["host"] for t in part for e in t["endpoints"]}
                 for part in parts]
        self.assertFalse(hosts[0] & hosts[1] or hosts[0] & hosts[2] or
                         hosts[1] & hosts[2])
        self.assertTrue(all(hosts))

    KINDS = [kind for kind in parsers.PARSERS if kind != "nagios"]

    def write_list(self):
        """Accounts of every kind of result, at eight domains."""
        at = [f"imap.d{i}.test" for i in range(8)]
        records = [account(f"{'bad' if i % 5 == 1 else 'u'}{i}",
                           host=at[i % 8], labels={"number": str(i)})
                   for i in range(64)]
        for i in (7, 23, 42):
            records[i]["expect"] = {"capabilities": {"imap": ["QUOTA"]}}
        for i in (11, 30):
            records[i]["password"] = {"file": "/none/such"}
        records[50]["endpoints"] = [f"imaps://{at[2]}:1"]
        records[5:5] = ['{"adress": "x"}', "{broken"]
        return write("every.jsonl", *records, records[0], records[10])

    def run_list(self, path, name, *more):
        outputs = [f"--output={kind}:{DIR}/{name}.{kind}"
                   for kind in self.KINDS]
        return subprocess.Popen(
            [harness.PROGRAM, *map(str, arguments(
                path, *outputs, "--resolve", "*:*:127.0.0.1", *more))],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=harness.clean_environment())

    def read(self, name):
        """{kind: what its readers see, but for times and order}"""
        return {kind: getattr(self, kind)(
            (DIR / f"{name}.{kind}").read_bytes()) for kind in self.KINDS}

    def steady(self, value):
        """Without times, and without what tells how a run went."""
        if isinstance(value, dict):
            return {k: self.steady(v) for k, v in value.items()
                    if not k.endswith(("ms", "_at")) and k not in (
                        "resumed", "shared", "group")}
        if isinstance(value, list):
            return [self.steady(v) for v in value]
        return value

    def jsonl(self, data):
        return sorted(json.dumps(self.steady(line), sort_keys=True)
                      for line in parsers.jsonl(data))

    def junit(self, data):
        root = parsers.junit(data)
        for element in root.iter():
            for name in ("time", "timestamp"):
                element.attrib.pop(name, None)
            if element.tag == "system-out":
                element.text = re.sub(r"\d+ ms|\d+\.\d+s", "", element.text)
        return sorted(ElementTree.tostring(suite).strip() for suite in root)

    def tap(self, data):
        text = re.sub(r"(?m)^((?:not )?ok) \d+", r"\1", data.decode())
        return len(parsers.tap(data)), sorted(
            re.split(r"\n(?=ok|not ok|1\.\.)", text))

    def csv(self, data):
        return sorted(sorted((k, v) for k, v in row.items()
                             if k not in ("took_ms", "checked_at"))
                      for row in parsers.spreadsheet(data))

    def github(self, data):
        return sorted(map(str, parsers.github(data)))

    def prometheus(self, data):
        return {name: sorted((sorted(labels.items()), value if not re.search(
            "duration|checked", name) else None) for labels, value in samples)
                for name, samples in parsers.prometheus(data).items()}

    def summary(self, data):
        """Of as many accounts, whoever came first is first, and shown."""
        found = [line for line in parsers.summary(data, 100)
                 if not line.startswith((" ", "Accounts  "))]
        return found[0], sorted(found)

    def test_merged_they_are_one_run(self):
        """Three hosts, a part each at the same time, and their JSON Lines
        merged: every output says what that of a single run does."""
        time.sleep(1)           # all see the certificate a day short
        path = self.write_list()
        whole = self.run_list(path, "whole", "--jobs", "3")
        err = whole.communicate(timeout=90)[1]
        self.assertEqual(whole.returncode, 2, err)
        logins, _ = batch_live.SERVER.logins.copy(), batch_live.SERVER.clear()
        runs = [self.run_list(path, f"part{i}", "--shard", f"{i}/3")
                for i in (1, 2, 3)]
        told = [run.communicate(timeout=90)[1] for run in runs]
        self.assertEqual(batch_live.SERVER.logins, logins)
        self.assertEqual(sorted("".join(told).splitlines()),
                         sorted(err.splitlines()))
        parts = [DIR / f"part{i}.jsonl" for i in (1, 2, 3)]
        self.assertTrue(all(len(lines(p.read_text())) > 5 for p in parts))
        merged = harness.run("merge", *parts, *(
            f"--output={kind}:{DIR}/merged.{kind}" for kind in self.KINDS))
        self.assertEqual((merged.code, merged.err), (2, ""))
        one, other = self.read("whole"), self.read("merged")
        for kind in self.KINDS:
            self.assertEqual(one[kind], other[kind], kind)
        self.assertEqual(len(one["jsonl"]), 68)
        found = collections.Counter(
            line["account"]["result"] for line in
            lines((DIR / "merged.jsonl").read_text()))
        self.assertEqual(set(found), {"passed", "failed", "error", "skipped"})
        # --fail-on decides the same of both
        for causes in ("mailbox_full", "expectation"):
            run = self.run_list(path, "whole", "--fail-on", causes)
            run.communicate(timeout=90)
            self.assertEqual(run.returncode, harness.run(
                "merge", *parts, "--fail-on", causes).code)


class Readme(Case):
    """What stands there to be copied does what is said of it."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(dir=DIR)
        self.addCleanup(folder.cleanup)
        self.dir = pathlib.Path(folder.name)
        (self.dir / "mailwhy").symlink_to(
            pathlib.Path(harness.PROGRAM).resolve())
        self.text = (HERE.parent.parent / "README.md").read_text()

    def pod(self, index):
        """The shell command of the Indexed Job, with folders of ours."""
        script = re.search(r"args:\n *- >-\n((?: {14}.*\n)+)", self.text)[1]
        script = " ".join(script.split())
        for folder in ("/lists", "/results"):
            self.assertIn(folder + "/", script)
            script = script.replace(folder + "/", f"{self.dir}/")
        run = subprocess.Popen(
            ["sh", "-c", script], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, env=harness.clean_environment(
                JOB_COMPLETION_INDEX=str(index), JOB="mail-accounts",
                PATH=f"{self.dir}:{os.environ['PATH']}",
                MAILWHY_CA_FILE=str(DIR / "ca.pem"),
                MAILWHY_RESOLVE="*:*:127.0.0.1", MAILWHY_PACE="off",
                MAILWHY_JOBS="2"))
        self.addCleanup(run.wait)       # none may go on behind a failure
        self.addCleanup(run.kill)
        return run

    def test_the_indexed_job(self):
        batch_live.SERVER.clear(0.1)
        with open(self.dir / "accounts.jsonl", "w", encoding="utf-8") as out:
            for i in range(80):
                out.write(json.dumps(account(
                    f"u{i}", host=f"imap.d{i % 8}.test")) + "\n")
        pods = [self.pod(i) for i in range(5)]
        while max(len(self.lines(i)) for i in range(5)) < 4:
            time.sleep(0.01)
        for pod in pods:                # the node is lost
            pod.kill()
            pod.communicate()
        for pod in [self.pod(i) for i in range(5)]:
            err = pod.communicate(timeout=60)[1]
            self.assertEqual(pod.returncode, 0, err)
        merged = harness.run("merge", *self.dir.glob("mail-accounts-*.jsonl"),
                             "--output", "jsonl")
        self.assertEqual(merged.code, 0)
        self.assertEqual(len(results(merged.out)), 80)
        self.assertEqual(len(batch_live.SERVER.logins), 80)
        self.assertLessEqual(attempts(), 80 + 5 * 2)
        # a signal reaches mailwhy, which comes to its end in order
        index = max(range(5), key=lambda i: len(self.lines(i)))
        (self.dir / f"mail-accounts-{index + 1}.jsonl").unlink()
        ended = self.pod(index)
        while len(self.lines(index)) < 2:
            time.sleep(0.01)
        ended.terminate()
        err = ended.communicate(timeout=30)[1]
        self.assertEqual(ended.returncode, 130, err)

    def lines(self, index):
        path = self.dir / f"mail-accounts-{index + 1}.jsonl"
        return path.read_text().splitlines() if path.exists() else []

    def test_its_exit_codes(self):
        """Only what another attempt may change is attempted again."""
        final = json.loads(re.search(r"values: (\[.*\])", self.text)[1])
        (self.dir / "accounts.jsonl").write_text('{"adress": "x"}\n')
        codes = set()
        for index in range(5):
            pod = self.pod(index)
            pod.communicate(timeout=60)
            codes.add(pod.returncode)
        self.assertEqual(codes, {0, 2})
        self.assertEqual(final, [1, 2, 3, 4])

    def test_the_commands(self):
        """Options that exist, with values that are taken."""
        section = self.text[self.text.index("## Many accounts"):]
        commands = re.findall(r"(?m)^(?:\$ )?(mailwhy (?:batch|merge) .*)$",
                              section[:section.index("## A mail provider")])
        commands += re.findall(r"run: (?:>-\n *)?(mailwhy .*(?:\n {10}-.*)?)",
                               section)
        self.assertGreater(len(commands), 6)
        program = pathlib.Path(harness.PROGRAM).resolve()
        for command in commands:
            words = shlex.split(re.sub(r"\$\{\{.*?\}\}", "1", " ".join(
                command.split())), comments=True)
            done = subprocess.run(
                [program, *words[1:]], cwd=self.dir, text=True,
                capture_output=True, env=harness.clean_environment(),
                stdin=subprocess.DEVNULL, timeout=60)
            self.assertEqual(done.returncode, 2, (command, done))
            self.assertIn("No such file", done.stderr, command)


if __name__ == "__main__":
    unittest.main()
