#!/usr/bin/env python3
"""mailwhy batch: files of accounts as people write them, against a small IMAP
server that counts. What breaks is in broken_live.py, what several machines do
in shards_live.py.

    MAILWHY=path/to/mailwhy batch_live.py [-v] [Class.test]
"""
import base64
import collections
import contextlib
import json
import os
import pathlib
import pty
import select
import signal
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
import harness          # noqa: E402

DIR = pathlib.Path(tempfile.mkdtemp(prefix="mailwhy-batch-"))
SECRET = "Vogel%fang&97 x"


class Imap(socketserver.StreamRequestHandler):
    """LOGIN and AUTHENTICATE PLAIN; users called bad... are refused."""

    def handle(self):
        server = self.server.owner
        try:
            self.request = server.tls.wrap_socket(self.request,
                                                  server_side=True)
        except (OSError, ssl.SSLError):
            return
        self.lines = self.request.makefile("rb")
        with self.request, self.lines, contextlib.suppress(OSError):
            self.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE] hi")
            self.talk(server)

    def say(self, text):
        self.request.sendall(text.encode() + b"\r\n")

    def talk(self, server):
        for line in self.lines:
            tag, _, rest = line.decode().strip().partition(" ")
            command = rest.split()[0].upper() if rest else ""
            if command == "AUTHENTICATE":
                self.login(server, tag, rest)
            elif command == "LOGOUT":
                self.say("* BYE")
                self.say(f"{tag} OK bye")
                return
            elif command == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE")
                self.say(f"{tag} OK")
            else:
                self.say(f"{tag} OK done")

    def login(self, server, tag, rest):
        words = rest.split()
        if len(words) == 2:
            self.say("+ ")
            words.append(self.lines.readline().decode().strip())
        _, user, secret = base64.b64decode(words[2]).decode().split("\0")
        server.note(user)
        time.sleep(server.delay)
        if server.until:
            server.until.wait(30)
        if user.startswith("bad") or secret != SECRET:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] Wrong {secret}")
        else:
            self.say(f"{tag} OK [CAPABILITY IMAP4rev1 IDLE] welcome")


class Tcp(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 256


class Server:
    def __init__(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
             "-subj", "/CN=mail.test", "-addext",
             "subjectAltName=DNS:mail.test,DNS:*.mail.test," + ",".join(
                 f"DNS:imap.d{i}.test" for i in range(8)), "-keyout",
             DIR / "key.pem", "-out", DIR / "ca.pem"],
            check=True, capture_output=True)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(DIR / "ca.pem", DIR / "key.pem")
        self.lock = threading.Lock()
        self.clear()
        self.tcp = Tcp(("127.0.0.1", 0), Imap)
        self.tcp.owner = self
        self.port = self.tcp.server_address[1]
        threading.Thread(target=self.tcp.serve_forever, daemon=True).start()

    def clear(self, delay=0, until=None):
        """How long an answer to a login takes."""
        self.delay, self.until = delay, until
        self.logins = collections.Counter()

    def note(self, user):
        with self.lock:
            self.logins[user] += 1

    def url(self, host="mail.test"):
        return f"imaps://{host}:{self.port}"


SERVER = None
(DIR / "secret").write_text(SECRET)
os.chmod(DIR / "secret", 0o600)


def setUpModule():
    global SERVER
    SERVER = Server()


def account(user, host="mail.test", **more):
    return {"address": f"{user}@mail.test", "user": user,
            "password": {"file": str(DIR / "secret")},
            "endpoints": [SERVER.url(host)], **more}


def write(name, *records):
    path = DIR / name
    path.write_text("".join(
        (r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records))
    return path


def arguments(path, *more):
    return ["batch", "--ca-file", DIR / "ca.pem", "--resolve",
            f"mail.test:{SERVER.port}:127.0.0.1", "--resolve",
            f"a.mail.test:{SERVER.port}:127.0.0.1", "--resolve",
            f"b.mail.test:{SERVER.port}:127.0.0.1", "--pace", "off",
            "--no-state", "--no-experiments", *more, path]


def batch(path, *more, **how):
    how.setdefault("environment", {}).update(PW=SECRET)
    return harness.run(*arguments(path, *more), **how)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def results(text):
    return {line["account"]["name"]: line["account"]["result"]
            for line in lines(text)}


class Case(unittest.TestCase):
    def setUp(self):
        SERVER.clear()


class Input(Case):
    """The same accounts, however they are written."""

    def check(self, name, text):
        path = DIR / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(results(done.out), {
            "good@mail.test": "passed", "bad@mail.test": "failed"}, done)

    def test_every_format(self):
        good, bad = account("good"), account("bad")
        url, secret = SERVER.url(), DIR / "secret"
        rows = [f"good@mail.test;good;{secret};{url}",
                f"bad@mail.test;bad;{secret};{url}"]
        head = "address;user;password_file;endpoints"
        self.check("a.jsonl", json.dumps(good) + "\n" + json.dumps(bad))
        self.check("a.json", json.dumps([good, bad], indent=2))
        self.check("b.json", json.dumps({"accounts": [good, bad]}))
        self.check("noname", json.dumps([good, bad]))
        self.check("a.csv", "\n".join([head, *rows]))
        self.check("b.csv", b"\xef\xbb\xbf" + "\r\n".join(
            [head, *rows, ""]).encode())
        self.check("c.csv", "\n".join([head, *rows]).replace(";", "\t"))
        (DIR / "more").mkdir(exist_ok=True)
        (DIR / "more" / "bad.json").write_text(json.dumps([bad]))
        self.check("d.json", json.dumps([good, {"include":
                                                "more/bad.json"}]))

    def test_a_spreadsheet_of_a_help_desk(self):
        """As European Excel writes it, with columns of its own and names
        that two people share."""
        head = "No.;部署;氏名;メールアドレス;パスワード;サーバー;備考"
        rows = [f'{i};"営業;東";佐藤;{user}@mail.test;"{SECRET}";'
                f"{SERVER.url()};\"a\nb\""
                for i, user in enumerate(("good", "good2", "bad"))]
        path = DIR / "excel.csv"
        path.write_bytes(("\ufeff" + "\r\n".join(
            [head, *rows, ";;;;;;", "", ""])).encode())
        for lang, note in (("en", "not used: No., 部署, 備考."),
                           ("ja", "使いません: No.、部署、備考。")):
            SERVER.clear()
            done = batch(path, "--allow-inline-secrets", "--output",
                         "jsonl:-", "--lang", lang)
            self.assertEqual(results(done.out), {
                "佐藤 <good@mail.test>": "passed",
                "佐藤 <good2@mail.test>": "passed",
                "佐藤 <bad@mail.test>": "failed"}, done)
            self.assertIn(note, done.err)
            self.assertEqual(len(done.err.splitlines()), 1, done)
            self.assertEqual(done.code, 1)
            self.assertNotIn(SECRET, done.out + done.err)
            quiet = batch(path, "--allow-inline-secrets", "--output",
                          "jsonl:-", "--quiet", "--lang", lang)
            self.assertEqual(quiet.err, "")
        # what looks mistyped is no column of theirs
        path.write_text("address;pasword_env\na@mail.test;X\n")
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual(done.code, 2)
        self.assertIn("password_env", done.err)

    def test_another_encoding_in_a_pipe(self):
        """What came before is checked; the rest is told where it is."""
        rows = [f"{user}@mail.test,{SERVER.url()},{DIR / 'secret'},{name}\n"
                for user, name in (("good", "佐藤"), ("good2", "鈴木"),
                                   ("good3", "山田"), ("good4", "x"))]
        text = "address,endpoints,password_file,name\n" + "".join(rows[:2])
        sent = text.encode() + "".join(rows[2:]).encode("cp932")
        for lang, before in (("en", "before this line are checked"),
                             ("ja", "より前のアカウントは確認します")):
            done = batch("-", "--output", "jsonl:-", "--lang", lang,
                         stdin=sent)
            self.assertEqual(results(done.out), {
                "佐藤": "passed", "鈴木": "passed", "stdin:4": "error"}, done)
            column = len(rows[2].split("山")[0]) + 1
            self.assertIn(f"stdin:4:{column}: ", done.err)
            self.assertIn("| iconv -f CP932 -t UTF-8 | mailwhy batch -",
                          done.err)
            self.assertIn(before, done.err)
            self.assertEqual(done.code, 2)

    def test_standard_input(self):
        done = batch("-", "--output", "jsonl:-", stdin=(
            json.dumps(account("good")) + "\n").encode())
        self.assertEqual(results(done.out), {"good@mail.test": "passed"})
        # a file there is not read by two at a time
        path = write("stdin.jsonl", *[account("good", name=f"n{i}")
                                      for i in range(3000)])
        with path.open("rb") as f:
            done = subprocess.run(
                [harness.PROGRAM, *map(str, arguments("-", "--json"))],
                stdin=f, capture_output=True, text=True,
                env=harness.clean_environment())
        self.assertEqual(len(lines(done.stdout)), 3000)

    def test_every_reference(self):
        (DIR / "netrc").write_text(
            f'machine mail.test login good4 password "{SECRET}"\n')
        os.chmod(DIR / "netrc", 0o600)
        path = write("refs.jsonl", account("good1", password={"env": "PW"}),
                     account("good2", password={"env": "PW"}),
                     account("good3", password={
                         "command": f"cat {DIR}/secret"}),
                     account("good4", password={"netrc": str(DIR / "netrc")}))
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual(set(results(done.out).values()), {"passed"}, done)
        self.assertEqual(len(SERVER.logins), 4)

    def test_commands_do_not_wait_for_each_other(self):
        """What one command leaves open is not another's to close."""
        path = write("commands.jsonl", *[
            account(f"u{i}", password={"command": f"sleep {i % 2 * 3}; "
                                       f"cat {DIR}/secret"})
            for i in range(16)])
        done = batch(path, "--json")
        self.assertEqual(done.code, 0, done)
        times = [line["account"]["name"] for line in lines(done.out)]
        self.assertTrue(all(int(name[1:-10]) % 2 == 0
                            for name in times[:8]), times)

    def test_what_is_wrong_is_told_with_its_place(self):
        path = write("wrong.jsonl", account("good"), '{"adress": "x"}',
                     account("none", password={"env": "NO_SUCH_VARIABLE"}),
                     account("inline", password=SECRET),
                     account("no-secret", password={"file": "/none/such"}))
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual(done.code, 2, done)
        for wanted in (f'{path}:2:2: "adress"', f"{path}:3:1: ",
                       f"{path}:4:", f"{path}:5:1: ", "address"):
            self.assertIn(wanted, done.err)
        self.assertNotIn(SECRET, done.out + done.err)
        reasons = collections.Counter(line["account"]["reason"]
                                      for line in lines(done.out))
        self.assertEqual(reasons, {None: 1, "bad_input": 2, "no_secret": 2})
        self.assertEqual(SERVER.logins, {"good": 1})

    def test_includes_in_a_circle(self):
        write("one.jsonl", account("good"), {"include": "two.jsonl"})
        write("two.jsonl", {"include": "one.jsonl"}, {"include": "none"})
        done = batch(DIR / "one.jsonl", "--output", "jsonl:-")
        self.assertEqual(done.code, 2, done)
        self.assertEqual(len(lines(done.out)), 3)
        self.assertIn("two.jsonl:1:1:", done.err)
        self.assertIn("includes itself", done.err)

    def test_an_include_never_waits(self):
        """For a FIFO nobody writes to; a link may lead back, too."""
        fifo, link = DIR / "fifo", DIR / "link.jsonl"
        os.mkfifo(fifo)
        link.symlink_to("waits.jsonl")
        path = write("waits.jsonl", {"include": "fifo"}, {"include": "."},
                     {"include": "link.jsonl"}, account("good"))
        done = batch(path, "--output", "jsonl:-", timeout=20)
        self.assertEqual((done.code, SERVER.logins), (2, {"good": 1}), done)
        for number in (1, 2, 3):
            self.assertIn(f"waits.jsonl:{number}:1: ", done.err)

    def test_the_same_account_in_two_files(self):
        """Where it stands already is told with its file."""
        write("second.jsonl", "", account("good"), account("none", name="n",
                                                           password={"env":
                                                                     "NO"}))
        path = write("first.jsonl", account("good"),
                     {"include": "second.jsonl"})
        done = batch(path, "--output", "jsonl:-")
        self.assertIn("second.jsonl:2:1: This account stands already in "
                      f"{path}:1;", done.err)
        # what is wrong with an account itself has its column, too
        self.assertRegex(done.err, r"second\.jsonl:3:1: .*NO")

    def test_the_same_account_twice(self):
        path = write("twice.jsonl", account("bad"), account("bad"),
                     account("bad", name="other"))
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual(SERVER.logins, {"bad": 1}, done)
        self.assertEqual(sum(line["account"]["reason"] == "duplicate"
                             for line in lines(done.out)), 2)

    def test_encodings(self):
        for encoding, says in (("utf-16", "UTF-16"), ("cp932", "CP932"),
                               ("utf-16-le", "UTF-16LE"),
                               ("euc_jp", "EUC-JP"), ("cp1252", "CP1252")):
            name = "Jörg" if encoding == "cp1252" else "太郎"
            path = DIR / f"{encoding}.csv"
            path.write_bytes(f"address,name\na@mail.test,{name}\n"
                             .encode(encoding))
            done = batch(path, "--output", "jsonl:-")
            self.assertEqual(done.code, 2)
            self.assertIn(f"iconv -f {says}", done.err)
            self.assertIn(str(path), done.err)

    def test_a_hundred_thousand_lines(self):
        path = write("many.jsonl", *[account(f"u{i}", host="a.mail.test")
                                     for i in range(3)],
                     *[account("good")] * 99997)
        done = batch(path, "--output", f"jsonl:{DIR}/many.out", timeout=300)
        self.assertEqual(len((DIR / "many.out").read_text().splitlines()),
                         100000)
        self.assertEqual(SERVER.logins["good"], 1)
        self.assertLess(len(done.err.splitlines()), 60)

    def test_lines_of_a_megabyte(self):
        path = write("long.jsonl", account("good"),
                     '{"address": "' + "x" * (1 << 20) + '"}',
                     account("bad"), "y" * (1 << 20))
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual(sorted(results(done.out).values()),
                         ["error", "error", "failed", "passed"], done)
        self.assertIn(f"{path}:2:1:", done.err)
        self.assertLess(len(done.err), 2000)

    def test_an_empty_list_does_not_pass(self):
        """The command that made it may have failed."""
        for name, text in (("none.csv", ""), ("head.csv", "address,user\n"),
                           ("none.json", "[]"), ("none.jsonl", "\n")):
            path = DIR / name
            path.write_text(text)
            done = batch(path, "--output", "jsonl:-")
            self.assertEqual((done.code, done.out), (2, ""), name)
            self.assertIn(name, done.err)
        # a part of a list may be empty
        path = write("part.jsonl", account("good"))
        codes = [batch(path, "--shard", f"{i}/9", "--output", "jsonl:-").code
                 for i in range(1, 10)]
        self.assertEqual(codes, [0] * 9)

    def test_one_secret_for_all_is_refused(self):
        path = write("one-secret.jsonl", account("good"))
        for option in (["--password-env", "PW"], ["--password-stdin"],
                       ["--save", "x"], ["--address", "a@b.example"]):
            done = batch(path, *option)
            self.assertEqual(done.code, 2)
            self.assertEqual(len(done.err.splitlines()), 1)
        self.assertEqual(SERVER.logins, {})


class Network(Case):
    def test_there_is_none(self):
        """Nobody's account or setting is to blame, and nobody waits."""
        path = write("offline.jsonl", *[{**account(
            f"u{i}"), "endpoints": [f"imaps://{host}"]} for i, host in
            enumerate(("192.0.2.7", "imap.offline.test", "[2001:db8::7]"))],
            {"address": "taro@gmail.com", "password": {"env": "PW"}},
            {"address": "jiro@offline.test", "password": {"env": "PW"}})
        if subprocess.run(["unshare", "-n", "true"],
                          capture_output=True).returncode != 0:
            self.skipTest("no network namespaces here")
        done = subprocess.run(
            ["unshare", "-n", harness.PROGRAM, "batch", path, "--no-state",
             "--json", "--lang", "en"], capture_output=True, text=True,
            timeout=60, env=harness.clean_environment(PW=SECRET))
        self.assertEqual(done.returncode, 3, done)
        for line in lines(done.stdout):
            self.assertIn(line["verdict"], ("network_down", "dns_failure"))
            self.assertEqual(line["account"]["result"], "error")
            self.assertEqual(line["logins"]["attempted"], 0)


class Families(Case):
    """-4 and -6 where they leave no address: that is no wrong name."""

    def test_a_choice_of_ours(self):
        six = f"six.mail.test:{SERVER.port}:::1"
        path = write("family.jsonl", account("good"),
                     account("six", host="six.mail.test"),
                     account("itself", host="127.0.0.1"))
        for option, lacking in (("-6", ["good@mail.test", "itself@mail.test"]),
                                ("-4", ["six@mail.test"])):
            done = batch(path, option, "--json", "--resolve", six,
                         "--insecure-certificate")
            self.assertEqual(done.code, 1, done)
            found = {line["account"]["name"]: line for line in
                     lines(done.out) if line["verdict"] == "address_family"}
            self.assertEqual(sorted(found), lacking, done)
            family = option.replace("-", "IPv")
            for line in found.values():
                self.assertIn(family, line["title"])
                self.assertEqual(line["causes"][0]["confidence"], "proven")
                self.assertIn(option, line["causes"][0]["remedy"][0]["text"])
        for lang in ("en", "ja"):
            done = harness.run("-6", "--resolve", "x.test:*:192.0.2.1",
                               "--no-login", "--lang", lang,
                               "imaps://x.test")
            self.assertEqual(done.code, 1, done)
            self.assertIn("IPv6", done.out.split("\n\n")[0])


class Expectations(Case):
    def test_they_decide(self):
        path = write("expect.json", json.dumps({
            "expect": {"tls": "1.2", "certificate_days": 5},
            "accounts": [
                account("good1", expect={"login": ["imap"]}),
                account("good2", expect={"certificate_days": 400}),
                account("good3", expect={"no_login": ["imap"]}),
                account("good4", expect={"capabilities": {
                    "imap": ["IDLE", "QUOTA"]}}),
                account("bad1", expect={"no_login": ["imap"]}),
                account("bad2", expect={"cause": "wrong_credentials"})]}))
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual({name[:5]: result for name, result
                          in results(done.out).items()}, {
            "good1": "passed", "good2": "failed", "good3": "failed",
            "good4": "failed", "bad1@": "passed", "bad2@": "passed"}, done)

    def test_all_of_them_after_the_accounts(self):
        path = write("late.json", json.dumps({
            "accounts": [account("good")],
            "expect": {"certificate_days": 400}}))
        done = batch(path, "--output", "jsonl:-")
        self.assertEqual(set(results(done.out).values()), {"failed"}, done)

    def test_of_all_on_the_command_line(self):
        """An account's own holds over it, and it over that of the file."""
        path = write("line.json", json.dumps({
            "expect": {"certificate_days": 400},
            "accounts": [
                account("good1"),
                account("good2", expect={"certificate_days": 500}),
                account("good3", expect={"no_login": ["imap"]}),
                account("bad1", expect={"no_login": ["imap"]}),
                account("bad2", expect={"cause": "wrong_credentials"})]}))
        done = batch(path, "--output", "jsonl:-", "--expect",
                     "login=imap,certificate_days=3,capabilities.imap=IDLE")
        self.assertEqual({name.split("@")[0]: result for name, result
                          in results(done.out).items()}, {
            "good1": "passed", "good2": "failed", "good3": "failed",
            "bad1": "passed", "bad2": "passed"}, done)

    def test_columns_of_a_table(self):
        rows = [f"{user}@mail.test;{SERVER.url()};{DIR / 'secret'};{expect}"
                for user, expect in (("good", "imap, smtp;IDLE"),
                                     ("good2", "IMAP;IDLE  Sieve"),
                                     ("good3", "imap;Sieve"))]
        path = write("columns.csv", "address;endpoints;password_file;"
                     "expect_login;expect_capabilities.imap", *rows)
        done = batch(path, "--output", "jsonl:-")
        got = {}
        for line in done.out.splitlines():
            a = json.loads(line)["account"]
            got[a["name"].split("@")[0]] = [
                (e["id"], e["got"], e["met"]) for e in a["expectations"]]
        self.assertEqual(got, {
            "good": [("login.imap", "accepted", True),
                     ("login.smtp", "no server", False),
                     ("capabilities.imap", "IDLE", True)],
            "good2": [("login.imap", "accepted", True),
                      ("capabilities.imap", "IDLE", False)],
            "good3": [("login.imap", "accepted", True),
                      ("capabilities.imap", "none of them", False)]}, done)

    def test_slips(self):
        path = write("slips.json", account("good"))
        for value, says in (("service=imap", "--expect service"),
                            ("imap", "NAME=VALUE"), ("tls=9", "--expect tls"),
                            ("login=imap,http", '"http"')):
            done = batch(path, "--expect", value)
            self.assertEqual((done.code, done.out), (2, ""), done)
            self.assertEqual(len(done.err.splitlines()), 1, done)
            self.assertIn(says, done.err)
        self.assertEqual(SERVER.logins, {})

    def test_where_a_slip_was_written(self):
        """In the environment and in the file of settings, as there."""
        path = write("where.json", account("good"))
        config = DIR / "config" / "mailwhy" / "config"
        config.parent.mkdir(parents=True)
        for name, value, says in (("expect", "tls=9", "expect tls"),
                                  ("fail_on", "3, wrong", "fail-on"),
                                  ("output", "junt", "output: ")):
            setting = name.replace("_", "-")
            config.write_text(f"\n{setting} = {value}\n")
            for environment, where in (
                    ({f"MAILWHY_{name.upper()}": value},
                     f"MAILWHY_{name.upper()}"),
                    ({"XDG_CONFIG_HOME": str(DIR / "config")},
                     f"{config}:2: {says}")):
                done = batch(path, environment=environment)
                self.assertEqual((done.code, done.out), (2, ""), done)
                self.assertIn(where, done.err)
                self.assertNotIn("--", done.err)
                self.assertNotIn('"3', done.err)    # what is right
        self.assertEqual(SERVER.logins, {})

    def test_what_counts(self):
        path = write("counts.jsonl", account("good"), account("bad"))
        for options, code in (
                ([], 1), (["--fail-on", "mailbox_full,3"], 0),
                (["--fail-on", "wrong_credentials"], 1),
                (["--exit-style", "nagios"], 2),
                (["--exit-style", "sysexits"], 77),
                (["--fail-on", "bad_luck"], 2)):
            done = batch(path, *options)
            self.assertEqual(done.code, code, (options, done))


    def test_a_bad_secret_stays_bad(self):
        """Refused in the run before and so left alone in this one: no job
        goes from red to green by that, nor by merging."""
        path = write("stays.jsonl", account("good"), account("bad"))
        state = DIR / "stays"
        state.unlink(missing_ok=True)
        for options, codes in (
                (["--fail-on", "wrong_credentials"], (1, 1)),
                (["--fail-on", "3, account_disabled"], (0, 1)),
                (["--fail-on", "3,mailbox_full,expectation"], (0, 0)),
                (["--fail-on", "1"], (1, 1)), ([], (1, 1))):
            state.unlink(missing_ok=True)
            for code in codes:
                args = arguments(path, "--state", state, "--account-refusals",
                                 1, "--output", f"jsonl:{DIR}/stays.out",
                                 *options)
                args.remove("--no-state")
                done = harness.run(*args)
                self.assertEqual(done.code, code, (options, done))
            self.assertEqual([line["account"]["reason"] for line in
                              lines((DIR / "stays.out").read_text())
                              if line["account"]["name"][:3] == "bad"],
                             ["refused_before"])
            done = harness.run("merge", DIR / "stays.out", *options)
            self.assertEqual(done.code, codes[1], (options, done))
        self.assertEqual(SERVER.logins["bad"], 5)



class Terminal(Case):
    def test_bar(self):
        """Drawn on a terminal, within its width, and gone at the end."""
        path = write("bar.jsonl", *[account(f"u{i}") for i in range(120)])
        SERVER.clear(0.05)
        main, side = pty.openpty()
        for lang in ("en", "ja"):
            run = subprocess.Popen(
                [harness.PROGRAM, *map(str, arguments(
                    path, "--jobs", "4", "--lang", lang, "--output",
                    f"jsonl:{DIR}/bar.out"))],
                stderr=side, stdout=subprocess.PIPE,
                env=harness.clean_environment())
            seen = b""
            while run.poll() is None or select.select([main], [], [], 0.1)[0]:
                if select.select([main], [], [], 0.1)[0]:
                    seen += os.read(main, 65536)
            run.stdout.close()
            drawn = seen.decode().split("\r\x1b[K")
            self.assertGreater(len(drawn), 3, seen)
            self.assertTrue(all(harness.columns(d) < 80 for d in drawn))
            self.assertEqual(drawn[-1], "")
            self.assertIn("120", "".join(drawn))
        os.close(main)
        os.close(side)

    def test_complaints_are_wrapped(self):
        """Where words end, no line begins with a stop; Ctrl-C included."""
        path = write("wrap.jsonl", *[account(f"u{i}") for i in range(60)],
                     {"address": "a@mail.test", "password": "visible"})
        for lang in ("en", "ja"):
            SERVER.clear(0.2)
            main, side = pty.openpty()
            run = subprocess.Popen(
                [harness.PROGRAM, *map(str, arguments(
                    path, "--jobs", "2", "--lang", lang, "--output",
                    f"jsonl:{DIR}/wrap.out"))],
                stderr=side, stdout=subprocess.PIPE,
                env=harness.clean_environment())
            seen, ended = b"", False
            while run.poll() is None or select.select([main], [], [], 0.1)[0]:
                if select.select([main], [], [], 0.1)[0]:
                    seen += os.read(main, 65536)
                if not ended and len(SERVER.logins) >= 2:
                    run.send_signal(signal.SIGINT)
                    ended = True
            run.stdout.close()
            os.close(main)
            os.close(side)
            told = [line.split("\x1b[K")[-1] for line
                    in seen.decode().replace("\r\n", "\n").split("\n")]
            told = [line for line in told if line]
            self.assertGreaterEqual(len(told), 4, seen)
            for line in told:
                self.assertLessEqual(harness.columns(line), 80, told)
                self.assertTrue(line.startswith(("mailwhy: ", " " * 9)), told)
                self.assertNotIn(line.strip()[0], "。、)」", told)

    def test_quiet_elsewhere(self):
        path = write("quiet.jsonl", account("good"))
        done = batch(path, "--output", f"jsonl:{DIR}/quiet.out")
        self.assertEqual((done.out, done.err, done.code), ("", "", 0))


if __name__ == "__main__":
    unittest.main()
