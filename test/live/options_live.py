#!/usr/bin/env python3
"""mailwhy as a program among programs: what it does with bad input, at a
terminal, and when it is interrupted. No server answers here."""
import contextlib
import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness          # noqa: E402

URL = "imaps://taro@127.0.0.1:9"


class BadInput(unittest.TestCase):
    """One line that names the thing; exit 2; nothing on standard output."""

    def bad(self, *arguments, names, secret=None, stdin=None,
            environment=None, timeout=30):
        result = harness.run(*arguments, secret=secret, stdin=stdin,
                             environment=environment, timeout=timeout)
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "", result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        self.assertRegex(result.err, r"^mailwhy: .+\n$")
        self.assertIn(names, result.err)
        return result

    def test_options(self):
        for arguments, names in (
                (("--no-such-option",), "--no-such-option"),
                (("-Z",), "-Z"),
                (("--port",), "--port"),
                (("--json=yes", URL), "--json"),
                (("--port", "0", "--server", "a.test"), "0"),
                (("--port", "70000", "--server", "a.test"), "70000"),
                (("--port", "99x", "--server", "a.test"), "99x"),
                (("--server", "mail server"), "mail server"),
                (("--server", ""), "--server"),
                (("--service", "nntp", "--server", "a.test"), "nntp"),
                (("--security", "ssl3", "--server", "a.test"), "ssl3"),
                (("--mechanism", "GSSAPI", URL), "GSSAPI"),
                (("--quit-after", "lunch", URL), "lunch"),
                (("--timeout", "0", URL), "0"),
                (("--timeout", "-1", URL), "-1"),
                (("--lang", "tlh", URL), "tlh"),
                (("--format", "xml", URL), "xml"),
                (("--width", "3", URL), "3"),
                (("--color", "red", URL), "red"),
                (("--dns-server", "not-an-address", URL), "not-an-address"),
                (("--dns-server", "127.0.0.1:0", URL), "127.0.0.1:0"),
                (("--resolve", "nonsense", URL), "nonsense"),
                (("--resolve", "h:993:not-an-ip", URL), "not-an-ip"),
                (("--connect-to", "nonsense", URL), "nonsense"),
                (("--connect-to", "a:1:b:70000", URL), "70000"),
                (("--connect-to", "a:1:b", URL), "a:1:b"),
                (("--sender", "nobody", URL), "nobody"),
                (("--ca-file", "/no/such/file", URL, "--no-login"),
                 "/no/such/file")):
            with self.subTest(arguments):
                self.bad(*arguments, names=names)

    def test_targets(self):
        for arguments, names in (
                (("taro",), "taro"),
                (("taro@",), "taro@"),
                (("@mail.test",), "@mail.test"),
                (("a@b@mail.test",), "a@b@mail.test"),
                (("taro＠mail.test",), "full-width"),
                (("ｔａｒｏ@mail.test",), "full-width"),
                (("taro@no-such-provider.test", "--no-network-discovery"),
                 "no-such-provider.test"),
                (("imaps://",), "imaps://"),
                (("imaps://taro@",), "imaps://taro@"),
                (("imaps://h:0",), "imaps://h:0"),
                (("imaps://h:70000",), "imaps://h:70000"),
                # what stands there may be user:password without its host
                (("imaps://h:99x",), "imaps://h:..."),
                (("imaps://h ost",), "imaps://h ost"),
                (("imaps://[::1",), "imaps://[::1"),
                (("http://mail.test",), "http://mail.test"),
                (("imaps://%zz@mail.test",), "%zz"),
                (("demo", "no-such-scenario"), "no-such-scenario")):
            with self.subTest(arguments):
                self.bad(*arguments, names=names)

    def test_nothing_asked(self):
        result = harness.run()
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "", result)

    def test_secret_in_the_open(self):
        """Refused with the reason, and not repeated."""
        for arguments in (("imaps://taro:hunter2-open@mail.test",),
                          ("--password", "hunter2-open", URL),
                          ("--password=hunter2-open", URL)):
            with self.subTest(arguments):
                result = self.bad(*arguments, names="")
                self.assertNotIn("hunter2", result.err)

    def test_secrets(self):
        with tempfile.TemporaryDirectory() as folder:
            private = pathlib.Path(folder) / "secret"
            private.write_bytes(b"")
            private.chmod(0o600)
            for arguments, stdin, names in (
                    (("--password-stdin",), b"", ""),
                    (("--password-stdin",), b"\n", ""),
                    (("--password-stdin",), b"a" * 70000, ""),
                    (("--password-stdin",), b"hunter2\0canary\n", ""),
                    (("--password-stdin",), b"hunter2\ncanary\n", ""),
                    (("--password-file", str(private)), b"", ""),
                    (("--password-file", "/no/such/file"), b"",
                     "/no/such/file"),
                    (("--password-file", folder), b"", folder),
                    (("--password-env", "NO_SUCH_VARIABLE"), b"",
                     "NO_SUCH_VARIABLE"),
                    # it may hold the secret, so it is not repeated
                    (("--password-command", "exit 3 # hunter2"), b"",
                     "--password-command"),
                    (("--password-command", "true"), b"", ""),
                    # what the command says on standard error is its own
                    (("--password-command",
                      "exec 2>/dev/null; /no/such/command"), b"",
                     "status 127"),
                    (("--netrc-file", "/no/such/netrc"), b"",
                     "/no/such/netrc")):
                with self.subTest(arguments, stdin=stdin[:20]):
                    result = self.bad(*arguments, URL, stdin=stdin,
                                      names=names)
                    self.assertNotIn("hunter2", result.err)

    def test_no_terminal_to_ask_at(self):
        done = subprocess.run([harness.PROGRAM, URL], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=20,
                              start_new_session=True,
                              env=harness.clean_environment())
        self.assertEqual(done.returncode, 2, done)
        self.assertIn(b"--password-", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done)

    def test_environment_and_file(self):
        self.bad(URL, environment={"MAILWHY_PORT": "70000"},
                 names="MAILWHY_PORT")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "mailwhy" / "config"
            path.parent.mkdir()
            for text, names in (("timeout = 5\nno-such = 1\n", "no-such"),
                                ("# fine\nport = 70000\n", "70000"),
                                ("just words\n", "config")):
                path.write_text(text)
                result = self.bad(URL, environment={"XDG_CONFIG_HOME": folder},
                                  names=names)
                self.assertRegex(result.err, r"config:[12]\b")

    def test_strength(self):
        """Command line over environment over file."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "mailwhy" / "config"
            path.parent.mkdir()
            path.write_text("lang = ja\nno-login = yes\nformat = json\n")
            settings = {"XDG_CONFIG_HOME": folder}
            self.assertEqual(harness.run(
                URL, environment=settings).report["endpoints"][0]["port"], 9)
            by_file = harness.run(URL, "--format", "human",
                                  environment=settings).out
            self.assertRegex(by_file, "[ぁ-ん]")
            settings["MAILWHY_LANG"] = "en"
            by_env = harness.run(URL, "--format", "human",
                                 environment=settings).out
            self.assertNotRegex(by_env, "[ぁ-ん]")
            by_line = harness.run(URL, "--format", "human", "--lang", "ja",
                                  environment=settings).out
            self.assertRegex(by_line, "[ぁ-ん]")

    def test_command_that_hangs(self):
        began = time.monotonic()
        self.bad("--password-command", "sleep 300 & sleep 300", "--timeout",
                 "1", URL, names="--password-command", timeout=60)
        self.assertLess(time.monotonic() - began, 55)

    def test_closed_standard_output(self):
        for arguments in ((URL, "--no-login"), ("--help",), ("--version",),
                          ("--schema",), ("demo", "--list")):
            with self.subTest(arguments), open("/dev/full", "wb") as full:
                done = subprocess.run(
                    [harness.PROGRAM, *arguments], stdout=full,
                    stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                    timeout=30, env=harness.clean_environment())
                self.assertIn(done.returncode, (2, 5), done)
                self.assertEqual(len(done.stderr.splitlines()), 1, done)


class Asked(unittest.TestCase):
    def test_help_version_schema(self):
        usage = harness.run("--help")
        self.assertEqual((usage.code, usage.err), (0, ""))
        self.assertIn("--password-stdin", usage.out)
        for line in usage.out.splitlines():
            self.assertLessEqual(harness.columns(line), 80, line)
        japanese = harness.run("--help", "--lang", "ja")
        self.assertRegex(japanese.out, "[ぁ-ん]")
        for line in japanese.out.splitlines():
            self.assertLessEqual(harness.columns(line), 80, line)
        version = harness.run("--version")
        self.assertRegex(version.out, r"^mailwhy \d+\.\d+\.\d+")
        self.assertEqual(version.code, 0)
        harness.validator()

    def test_manual_names_every_option(self):
        manual = (pathlib.Path(__file__).parents[2] / "cmd" /
                  "mailwhy.1").read_text().replace("\\-", "-")
        usage = harness.run("--help").out
        option = r"(?<![\w-])--[a-z][a-z0-9-]*[a-z0-9]"
        options = set(re.findall(option, usage))
        self.assertGreater(len(options), 30)
        # an entry each, and one only
        heads = "\n".join(re.findall(r"\.T[PQ]\n\.B\w* \"?(-.*)", manual))
        self.assertEqual(sorted(re.findall(option, heads)), sorted(options))
        letters = re.findall(r"(?m)^  (-\w), ", usage)
        self.assertGreater(len(letters), 4)
        for letter in letters:
            self.assertRegex(heads, letter + r"\b")
        # nor does it speak of others
        self.assertLessEqual(set(re.findall(option, manual)),
                             options | {"--option", "--password"})

    def test_manual_and_readme_tell_the_exit_codes(self):
        root = pathlib.Path(__file__).parents[2]
        manual = (root / "cmd" / "mailwhy.1").read_text()
        section = manual[manual.index(".SH EXIT STATUS"):]
        section = section[:section.index(".SH ENVIRONMENT")]
        codes = ["0", "1", "2", "3", "4", "5", "130"]
        self.assertEqual(re.findall(r"(?m)^\.B (\d+)$", section), codes)
        self.assertEqual(re.findall(r"(?m)^\| (\d+) \|", (
            root / "README.md").read_text()), codes)

    def test_demonstration(self):
        result = harness.run("demo", timeout=60)
        self.assertEqual(result.code, 0, result)
        self.assertIn("app password", result.out)
        report = harness.run("demo", "--json", timeout=60).report
        harness.validate(report)
        self.assertEqual(report["verdict"], "app_password_required")
        listed = harness.run("demo", "--list").out.splitlines()
        self.assertGreaterEqual(len(listed), 40)

    def test_saved_and_replayed(self):
        with tempfile.TemporaryDirectory() as folder:
            saved, bundle, again = (f"{folder}/{n}" for n in "sba")
            demo = ("demo", "wrong-password", "--json")
            first = harness.run(*demo, "--save", saved, "--bundle", bundle)
            self.assertEqual(first.code, 0, first)
            second = harness.run("replay", saved, "--json")
            self.assertEqual((second.out, second.err), (first.out, ""))
            self.assertEqual(second.code, 1, second)
            self.assertEqual(os.stat(saved).st_mode & 0o777, 0o600)
            masked = pathlib.Path(bundle).read_text(encoding="utf-8")
            self.assertIn("taro", pathlib.Path(saved).read_text("utf-8"))
            self.assertNotIn("taro@", masked)
            self.assertIn("user@example.com", masked)
            later = harness.run("replay", saved, "--bundle", again)
            self.assertEqual(later.code, 1, later)
            self.assertEqual(pathlib.Path(again).read_text("utf-8"), masked)
            piped = harness.run("replay", "-", "--json",
                                stdin=pathlib.Path(saved).read_bytes())
            self.assertEqual(piped.out, first.out)

    def test_strange_sessions(self):
        with tempfile.TemporaryDirectory() as folder:
            strange = pathlib.Path(folder, "strange")
            for text, names in (("{", "not JSON at line 1"),
                                ("{}", "schema"), ("", "not JSON"),
                                ("[]", "schema"),
                                ('{"schema":"mailwhy/session"}', "version"),
                                ('{"schema":"mailwhy/session","version":1,'
                                 '"endpoints":[]}', "endpoints"),
                                ('{"schema":"mailwhy/session","version":1,'
                                 '"endpoints":[{"endpoint":'
                                 '{"port":"x"}}]}', "port")):
                strange.write_text(text, encoding="utf-8")
                result = harness.run("replay", str(strange))
                self.assertEqual((result.code, result.out), (2, ""), result)
                self.assertEqual(len(result.err.splitlines()), 1, result)
                self.assertIn(names, result.err)
            for arguments in ((), ("a", "b"), (f"{folder}/none",), (folder,)):
                result = harness.run("replay", *arguments)
                self.assertEqual((result.code, result.out), (2, ""), result)
            unwritable = harness.run("demo", "healthy", "--save",
                                     f"{folder}/no/such")
            self.assertEqual(unwritable.code, 2, unwritable)
            self.assertIn("no/such", unwritable.err)

    def test_the_secret_is_asked_for_last(self):
        with tempfile.TemporaryDirectory() as folder:
            asked = pathlib.Path(folder, "asked")
            result = harness.run("--ca-file", f"{folder}/none", URL,
                                 "--password-command",
                                 f"touch '{asked}'; echo x")
            self.assertEqual(result.code, 2, result)
            self.assertIn("--ca-file", result.err)
            self.assertFalse(asked.exists())

    def test_open_password_file_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "secret"
            path.write_text("hunter2-open-file\n")
            path.chmod(0o644)
            result = harness.run("--password-file", path, URL)
            self.assertIn(str(path), result.err)
            self.assertNotIn("hunter2", result.out + result.err)
            path.chmod(0o600)
            self.assertNotIn(str(path),
                             harness.run("--password-file", path, URL).err)


class Terminal(unittest.TestCase):
    """At a pseudo-terminal that is the program's controlling one."""

    @contextlib.contextmanager
    def at_terminal(self, *arguments, **environment):
        pid, master = pty.fork()
        if pid == 0:
            os.execve(harness.PROGRAM, [harness.PROGRAM, *arguments],
                      harness.clean_environment(**environment))
        self.seen = b""
        self.ended = None
        try:
            yield pid, master
        finally:
            if self.ended is None:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            os.close(master)

    def read_until(self, master, pattern, seconds=10):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.seen):
            left = end - time.monotonic()
            if left <= 0 or not select.select([master], [], [], left)[0]:
                self.fail(f"{pattern} not seen in {self.seen}")
            try:
                data = os.read(master, 4096)
            except OSError:
                data = b""
            if not data:
                self.fail(f"{pattern} not seen in {self.seen}")
            self.seen += data

    def drain(self, master):
        with contextlib.suppress(OSError):
            while data := os.read(master, 4096):
                self.seen += data

    def exit_code(self, pid, master, seconds):
        """Also reads what is written until then."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([master], [], [], 0.01)[0]:
                with contextlib.suppress(OSError):
                    self.seen += os.read(master, 4096)
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                self.ended = os.waitstatus_to_exitcode(status)
                return self.ended
        self.fail(f"still running after {seconds} s: {self.seen}")

    @staticmethod
    def echoes(master):
        return bool(termios.tcgetattr(master)[3] & termios.ECHO)

    def wait_for_prompt(self, master):
        self.read_until(master, rb"assword")
        end = time.monotonic() + 5
        while self.echoes(master):
            self.assertLess(time.monotonic(), end, "the prompt echoes")
            time.sleep(0.01)

    def test_prompt_does_not_echo(self):
        with self.at_terminal(URL) as (pid, master):
            self.wait_for_prompt(master)
            os.write(master, b"hunter2-typed\n")
            self.exit_code(pid, master, 20)
            self.assertTrue(self.echoes(master), "echo was not restored")
            self.assertNotIn(b"hunter2", self.seen)

    def test_interrupt_at_the_prompt(self):
        with self.at_terminal(URL) as (pid, master):
            self.wait_for_prompt(master)
            os.write(master, b"half a pass\x03")
            self.assertEqual(self.exit_code(pid, master, 1), 130)
            self.assertTrue(self.echoes(master), "echo was not restored")
            self.assertNotIn(b"half a pass", self.seen)

    def test_terminated_at_the_prompt(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            with self.at_terminal(URL) as (pid, master):
                self.wait_for_prompt(master)
                os.kill(pid, number)
                self.exit_code(pid, master, 2)
                self.assertTrue(self.echoes(master), "echo was not restored")

    def silent_server(self):
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)
        return server.getsockname()[1]

    def test_interrupt_while_probing(self):
        """In every stage of waiting: resolve, TLS, greeting."""
        port = self.silent_server()
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        self.addCleanup(udp.close)
        for arguments in (
                (f"imaps://taro@127.0.0.1:{port}",),
                (f"imap://taro@127.0.0.1:{port}",),
                ("imaps://taro@slow.test", "--dns-server",
                 "127.0.0.1:%d" % udp.getsockname()[1])):
            with self.subTest(arguments), \
                    self.at_terminal(*arguments) as (pid, master):
                self.wait_for_prompt(master)
                os.write(master, b"hunter2-typed\n")
                time.sleep(0.5)
                os.write(master, b"\x03")
                self.assertEqual(self.exit_code(pid, master, 1), 130)
                self.assertTrue(self.echoes(master))
                self.assertNotIn(b"hunter2", self.seen)

    def test_interrupt_the_password_command(self):
        with self.at_terminal("--password-command", "sleep 300",
                              URL) as (pid, master):
            time.sleep(0.5)
            os.write(master, b"\x03")
            self.assertEqual(self.exit_code(pid, master, 1), 130)

    def test_the_password_command_may_ask(self):
        """As pass, sudo and others do: at the terminal, without echo."""
        command = ("stty -echo </dev/tty; printf 'master word: ' >/dev/tty;"
                   "read -r w </dev/tty; stty echo </dev/tty; echo $w-1")
        with self.at_terminal("--password-command", command, "-q",
                              URL) as (pid, master):
            self.read_until(master, b"master word")
            os.write(master, b"hunter2-typed\n")
            self.assertEqual(self.exit_code(pid, master, 20), 3)
            self.assertIn(b"port", self.seen)

    def test_interrupt_while_the_password_command_asks(self):
        command = ("stty -echo </dev/tty; echo master word >/dev/tty;"
                   "read -r w </dev/tty; echo $w")
        with self.at_terminal("--password-command", command,
                              URL) as (pid, master):
            self.read_until(master, b"master word")
            self.assertFalse(self.echoes(master))
            os.write(master, b"half a pass\x03")
            self.assertEqual(self.exit_code(pid, master, 1), 130)
            self.assertTrue(self.echoes(master), "echo was not restored")

    def test_interrupt_without_terminal(self):
        port = self.silent_server()
        process = subprocess.Popen(
            [harness.PROGRAM, f"imaps://taro@127.0.0.1:{port}",
             "--password-stdin"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=harness.clean_environment())
        process.stdin.write(b"hunter2\n")
        process.stdin.close()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(1), 130)
        process.stdout.close()
        process.stderr.close()

    def test_colour_and_no_color(self):
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False),
                                      ({"TERM": "dumb"}, False)):
            with self.subTest(environment), \
                    self.at_terminal(URL, "--no-login", "-q",
                                     **environment) as (pid, master):
                self.exit_code(pid, master, 20)
                self.drain(master)
                self.assertEqual(b"\x1b[" in self.seen, coloured, self.seen)


if __name__ == "__main__":
    harness.PROGRAM = str(pathlib.Path(harness.PROGRAM).resolve())
    unittest.main()
