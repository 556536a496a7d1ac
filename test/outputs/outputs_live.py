#!/usr/bin/env python3
"""The outputs of the built program: `mailwhy merge` of lines that somebody
else has a hand in, and `--format` of a check; read by parsers that are not
ours.

    MAILWHY=path/to/mailwhy outputs_live.py [-v] [Class.test]
"""
import copy
import json
import os
import pathlib
import resource
import shlex
import subprocess
import sys
import tempfile
import unicodedata
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "live")]
import harness          # noqa: E402
import parsers          # noqa: E402
import serve_live       # noqa: E402

GOLDEN = HERE.parent / "golden" / "outputs_jsonl.en.txt"
MANY = [kind for kind in parsers.PARSERS if kind != "nagios"]
# What servers, and people who write lists, may come up with.
HOSTILE = ("]]>", "--> <!-- <b>&amp;&bogus; 'x' \"y\"", "::error::x%0A%25,:",
           "\n::error file=x::injected\r\n", "a\tb\u0001\u0002\u001b[31m",
           "\ufffe\uffff", "\U0001f600 営業部", "\u202eevil\u2066", "=1+1",
           "+1", "-1", "@x", "＝1", "| time=0s;;;0", "# SKIP #", "\\", "\\n",
           "\"", "'", "}{", "label{x=\"y\"} 1\n# HELP x y", "1..0 # SKIP",
           "not ok 1 - x", "...", "---", "\u0085\u2028\u2029", " lead",
           "x" * 5000, "é" * 3000)


def line_of(index=1):
    return json.loads(GOLDEN.read_text().splitlines()[index])


def with_text(text):
    """A failed account whose every free text is this one."""
    line = line_of()
    line["title"] = line["why"] = text
    line["causes"][0]["title"] = text
    line["causes"][0]["remedy"][0] = {"text": text, "url": text}
    for endpoint in line["endpoints"]:
        endpoint["title"] = text
        for step in endpoint["steps"]:
            if "reply" in step:
                step["reply"] = text
            if "fault" in step:
                step["fault"]["text"] = text
    line["account"].update(
        name=text, file=text, why=text, labels={"text": text},
        expectations=[{"id": "tls", "wanted": text, "got": text,
                       "met": False}])
    return line


def printable(text):
    """Control characters and the like as their bytes, one by one."""
    return "".join(
        " " if c == "\t" else
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cn", "Zl", "Zp")
        else "".join(f"\\x{b:02X}" for b in c.encode()) for c in text)


def named(name, number=1, index=0):
    line = copy.deepcopy(line_of(index))
    line["account"].update(name=name, line=number)
    return line


def lines(*reports):
    return "".join(json.dumps(r, ensure_ascii=False) + "\n"
                   for r in reports).encode()


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def merged(self, *files, kinds=MANY, more=(), code=None, stdin=b""):
        """{kind: what its parser saw}"""
        outputs = [f"--output={kind}:{self.folder / kind}" for kind in kinds]
        done = harness.run("merge", *files, *outputs, *more, stdin=stdin)
        if code is not None:
            self.assertEqual(done.code, code, done)
        self.said = done.err
        return {kind: parsers.PARSERS[kind](
            (self.folder / kind).read_bytes(),
            *([100] if kind == "summary" else [])) for kind in kinds}


class Hostile(Folder):
    def test_every_output_stays_whole(self):
        for text in HOSTILE:
            with self.subTest(text[:40]):
                path = self.file("lines", lines(line_of(0), with_text(text),
                                                line_of(0)))
                seen = self.merged(path, code=1)
                self.check(text, seen)

    def check(self, text, seen):
        self.assertEqual(len(seen["jsonl"]), 2)
        self.assertEqual(seen["jsonl"][0]["account"]["name"], text)
        name = printable(text)
        self.assertEqual(seen["junit"][0].get("name"), name)
        failure = seen["junit"][0].find("testcase/failure")
        self.assertIn(failure.get("message")[:200], name)
        self.assertEqual([t[0] for t in seen["tap"]], ["not ok", "ok"])
        self.assertEqual(len(seen["github"]), 1)
        self.assertEqual(seen["github"][0][1]["title"], name)
        self.assertEqual(seen["github"][0][1]["file"], name)
        self.assertIn(name[:200], seen["github"][0][2])
        self.assertIn(seen["csv"][0]["account"], (name, "'" + name))
        success = seen["prometheus"]["mailwhy_probe_success"]
        self.assertEqual([s[0]["account"] for s in success],
                         [name, "taro@example.org"])
        self.assertEqual(success[0][0]["label_text"], name)

    def test_lines_in_no_encoding(self):
        good = lines(line_of(0))
        path = self.file("lines", good.replace(b"taro", b"t\xff\xfero") +
                         good)
        seen = self.merged(path, code=2)
        self.assertEqual(len(seen["jsonl"]), 1)
        self.assertIn(":1: ", self.said)
        self.assertIn("UTF-8", self.said)


class Merging(Folder):
    def names(self, seen):
        return [line["account"]["name"] for line in seen["jsonl"]]

    def test_shards_make_one_list(self):
        one = self.file("1", lines(named("a", 1), named("c", 3)))
        two = self.file("2", lines(named("b", 2, 1)))
        seen = self.merged(one, two, code=1)
        self.assertEqual(self.names(seen), ["a", "c", "b"])
        self.assertEqual(self.said, "")

    def test_the_last_line_of_an_account_counts(self):
        one = self.file("1", lines(named("a", 1, 1), named("b", 2),
                                   named("a", 1)))
        self.assertEqual(self.names(self.merged(one, code=0)), ["b", "a"])
        two = self.file("2", lines(named("b", 2, 1), named("a", 9, 1)))
        seen = self.merged(one, two, code=1)
        self.assertEqual(self.names(seen), ["a", "b", "a"])
        self.assertEqual([x["account"]["result"] for x in seen["jsonl"]],
                         ["passed", "failed", "failed"])

    def test_many_accounts_are_not_mixed_up(self):
        count = 3000
        one = self.file("1", lines(*(named(f"u{i}", i) for i in
                                     range(count))))
        two = self.file("2", lines(*(named(f"u{i}", i, 1) for i in
                                     range(0, count, 3))))
        seen = self.merged(one, two, code=1, kinds=["csv"])["csv"]
        self.assertEqual(len(seen), count)
        for row in seen:
            number = int(row["account"][1:])
            self.assertEqual(row["result"],
                             "passed" if number % 3 else "failed")

    def test_from_a_pipe(self):
        data = lines(named("a"), named("b", 2))
        seen = self.merged("-", stdin=data, code=0)
        self.assertEqual(self.names(seen), ["a", "b"])
        done = harness.run("merge", "-", "--output", "jsonl", stdin=data)
        self.assertEqual(parsers.jsonl(done.out.encode()), seen["jsonl"])

    def test_lines_are_kept_as_they_are(self):
        data = GOLDEN.read_bytes()
        done = harness.run("merge", GOLDEN, "--output", "jsonl")
        self.assertEqual(done.out.encode(), data)
        again = self.file("crlf", data.replace(b"\n", b"\r\n"))
        done = harness.run("merge", again, "--output", "jsonl")
        self.assertEqual(done.out.encode(), data)

    def test_torn_and_broken_lines(self):
        good = lines(named("a"), named("b", 2))
        torn = self.file("torn", good + lines(named("c", 3))[:700])
        self.assertEqual(self.names(self.merged(torn, code=0)), ["a", "b"])
        self.assertIn(f"{torn}:3: ", self.said)
        self.assertEqual(self.said.count("\n"), 1, self.said)
        whole = self.file("whole", good.rstrip(b"\n"))
        self.assertEqual(self.names(self.merged(whole, code=0)), ["a", "b"])
        self.assertEqual(self.said, "")
        broken = self.file("broken", b"{}\n\n[1]\nnonsense\n" + good)
        self.assertEqual(self.names(self.merged(broken, code=2)), ["a", "b"])
        for number in (1, 3, 4):
            self.assertIn(f"{broken}:{number}: ", self.said)
        self.assertNotIn(":2: ", self.said)

    def test_lines_that_are_too_long(self):
        path = self.file("long", b"x" * (5 << 20) + b"\n" +
                         lines(named("a")))
        self.assertEqual(self.names(self.merged(path, code=2)), ["a"])
        self.assertIn(":1: ", self.said)

    def test_wrong_kind_of_file_says_so_and_ends(self):
        path = self.file("x.csv", b"address,password_env\n" * 3000)
        self.merged(path, code=2)
        self.assertLess(self.said.count("\n"), 60)
        self.assertIn("29", self.said.splitlines()[-1])

    def test_parts_without_an_account(self):
        """Every shard has failed: that is no list where all is well."""
        empty = self.file("1", b""), self.file("2", b"\n")
        self.merged(*empty, code=2)
        self.assertIn("no account", self.said)
        self.merged(*empty, self.file("3", lines(named("a"))), code=0)

    def test_reports_of_single_checks(self):
        report = line_of(0)
        del report["account"]
        path = self.file("one.json", lines(report))
        seen = self.merged(path, code=0, kinds=["csv", "junit"])
        self.assertEqual(seen["csv"][0]["account"], "taro@example.org")

    def test_what_counts_as_a_failure(self):
        path = self.file("1", lines(named("a"), named("b", 2, 1)))
        for causes, code in (("separate_password_required", 1),
                             ("wrong_credentials", 0), ("3,expectation", 0),
                             ("1", 1)):
            done = harness.run("merge", path, "--fail-on", causes)
            self.assertEqual(done.code, code, done)

    def test_wrong_usage(self):
        for arguments, words in (
                ((), "expected files"), (("/nonexistent",), "/nonexistent"),
                ((str(self.folder),), "directory"),
                ((str(GOLDEN), "--output", "nagios"), "one account"),
                ((str(GOLDEN), "--jobs", "3"), "--jobs"),
                ((str(GOLDEN), "--output", "xml:x"), "xml")):
            done = harness.run("merge", *arguments)
            self.assertEqual(done.code, 2, arguments)
            self.assertEqual(done.out, "")
            self.assertIn(words, done.err)
            self.assertEqual(done.err.count("\n"), 1, done.err)


class Files(Folder):
    def test_a_full_disk_is_told_once(self):
        path = self.file("lines", lines(*(named(f"u{i}", i)
                                          for i in range(50))))
        done = harness.run("merge", path, "--output", "jsonl:/dev/full",
                           "--output", f"tap:{self.folder / 'tap'}")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(done.err.count("/dev/full"), 1, done.err)
        self.assertEqual(len(parsers.tap(
            (self.folder / "tap").read_bytes())), 50)

    def test_half_a_report_never_takes_the_place_of_a_whole_one(self):
        """A limit on the size of files is a disk that is full."""
        path = self.file("lines", lines(*(named(f"u{i}", i)
                                          for i in range(200))))
        old = self.file("report.xml", b"<old/>")

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        done = subprocess.run(
            [harness.PROGRAM, "merge", str(path), "--output",
             f"junit:{old}"], preexec_fn=limit, capture_output=True,
            env=harness.clean_environment(), timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(old.read_bytes(), b"<old/>")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["lines", "report.xml"])

    def test_nothing_is_written_where_it_must_not(self):
        path = self.file("lines", lines(named("a")))
        done = harness.run("merge", path, "--output",
                           "junit:/nonexistent/report.xml")
        self.assertEqual(done.code, 2)
        self.assertIn("/nonexistent/report.xml", done.err)


class OneAccount(unittest.TestCase):
    """--format of a check."""

    def check(self, scenario, *options, environment=None):
        with serve_live.serving(scenario) as served:
            command = served.command.rstrip().replace(
                "mailwhy", '"$MAILWHY"', 1)
            done = subprocess.run(
                ["/bin/sh", "-c", command + " --password-stdin " +
                 " ".join(options)], input=(served.secret + "\n").encode(),
                capture_output=True, timeout=90,
                env=harness.clean_environment(MAILWHY=harness.PROGRAM,
                                              **(environment or {})))
            result = harness.Run(done.returncode, done.stdout.decode(),
                                 done.stderr.decode())
            harness.no_trace(served.secret, result)
            return result

    def plugin(self, result):
        self.assertEqual(result.err, "")
        return parsers.nagios(result.out.encode())

    def test_plugin_states(self):
        result = self.check("healthy", "--format", "nagios")
        state, text, values, _ = self.plugin(result)
        self.assertEqual((state, result.code), ("OK", 0), result)
        self.assertLess(values["time"], 60)
        self.assertIn("cert_days", values)
        result = self.check("healthy", "--format=nagios", "-D", "9999",
                            "--lang", "ja")
        self.assertEqual((self.plugin(result)[0], result.code),
                         ("WARNING", 1), result)
        result = self.check("healthy", "--format", "nagios", "-D9999,9998")
        self.assertEqual((self.plugin(result)[0], result.code),
                         ("CRITICAL", 2), result)
        # the same as ranges of the plugins' guidelines
        result = self.check("healthy", "--format", "nagios", "-D9999:,9998:",
                            "-w0:0.001", "-c~:60")
        self.assertEqual((self.plugin(result)[0], result.code),
                         ("CRITICAL", 2), result)
        result = self.check("healthy", "-w", ":0.001", "-c", "60",
                            environment={"MAILWHY_FORMAT": "nagios"})
        self.assertEqual((self.plugin(result)[0], result.code),
                         ("WARNING", 1), result)
        result = self.check("gmail-app-password", "--format", "nagios",
                            "--exit-style", "nagios")
        state, text, _, below = self.plugin(result)
        self.assertEqual((state, result.code), ("CRITICAL", 2), result)
        self.assertIn("app password", text)
        self.assertTrue(any("support.google.com" in x for x in below))

    def test_whatever_else_happens_is_unknown(self):
        for arguments in (
                ("--format", "nagios", "--nonsense"),
                ("--format", "nagios", "-w", "x", "a@b.example"),
                ("--format=nagios", "--server", "127.0.0.1", "--user", "x"),
                ("--format", "nagios", "--password-file", "/nonexistent",
                 "--server", "127.0.0.1", "--user", "taro"),
                ("providers", "--format", "nagios"),
                ("merge", "--format", "nagios", str(GOLDEN))):
            done = harness.run(*arguments)
            self.assertEqual(done.code, 3, f"{arguments} {done}")
            self.assertRegex(done.out, r"\AMAIL UNKNOWN - [^|]+\n\Z")
            self.assertEqual(done.err, "")

    def test_the_others(self):
        for kind in MANY:
            with self.subTest(kind):
                result = self.check("gmail-app-password", "--format", kind)
                self.assertEqual(result.code, 1, result)
                self.assertTrue(parsers.PARSERS[kind](result.out.encode()))

    def test_thresholds_want_numbers(self):
        for option, values in (("-w", ("", "0", "-1", "1.2345", "1.", "x",
                                       "99999999999", "1,5", "10:", "@0:5",
                                       "1:2", ":", "~:")),
                               ("-D", ("", "x", "7,14", "14,", ",7",
                                       "-1", "~:5", "@14:", ":", "7:,14:"))):
            for value in values:
                done = harness.run(f"{option}{value}" if value else option,
                                   *([""] if not value else []),
                                   "a@b.example")
                self.assertEqual(done.code, 2, f"{option} {value} {done}")
                self.assertIn(option, done.err)


class Batch(Folder):
    """The outputs of a run, all at once, as their readers see them."""

    def test_all_outputs_of_a_run(self):
        with serve_live.serving("gmail-app-password") as served:
            program, _, *options = shlex.split(
                served.command.replace("\\\n", " "))
            self.assertEqual(program, "mailwhy")
            secret = self.file("secret", served.secret.encode() + b"\n")
            path = self.file("accounts.jsonl", "".join(
                json.dumps(account) + "\n" for account in (
                    {"address": served.user, "labels": {"team": "=x"},
                     "password": {"file": str(secret)}},
                    {"address": "taro@example.com", "name": "closed",
                     "endpoints": ["imaps://127.0.0.1:1"],
                     "password": {"file": str(secret)}},
                    {"address": "lost@example.com", "name": "lost",
                     "endpoints": ["imaps://127.0.0.1:2"],
                     "password": {"file": "/nonexistent"}},
                    {"adress": "x"})).encode())
            outputs = [f"--output={kind}:{self.folder / kind}"
                       for kind in MANY]
            done = harness.run("batch", path, *options, *outputs)
        self.assertEqual((done.code, done.out), (2, ""), done)
        seen = {}
        for kind in MANY:
            data = (self.folder / kind).read_bytes()
            harness.no_trace(served.secret, harness.Run(0, data.decode(),
                                                        ""))
            seen[kind] = parsers.PARSERS[kind](
                data, *([100] if kind == "summary" else []))
        rows = {r["line"]: (r["result"], r["cause"]) for r in seen["csv"]}
        self.assertEqual(rows, {
            "1": ("failed", "app_password_required"),
            "2": ("error", "server_unavailable"),
            "3": ("error", "no_secret"), "4": ("error", "bad_input")})
        self.assertEqual(len(seen["junit"]), 4)
        self.assertEqual({level for level, _, _ in seen["github"]},
                         {"error", "warning"})
        again = harness.run("merge", self.folder / "jsonl",
                            f"--output=junit:{self.folder / 'again'}")
        self.assertEqual(again.code, 2, again)
        self.assertEqual((self.folder / "again").read_bytes(),
                         (self.folder / "junit").read_bytes())


if __name__ == "__main__":
    harness.PROGRAM = str(pathlib.Path(harness.PROGRAM).resolve())
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    unittest.main()
