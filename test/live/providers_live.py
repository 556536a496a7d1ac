#!/usr/bin/env python3
"""What mailwhy knows of providers, and what its users add: the files as their
authors meet them."""
import os
import pathlib
import socket
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness          # noqa: E402

FILES = pathlib.Path(__file__).parents[2] / "providers"


class CheckFiles(unittest.TestCase):
    """mailwhy providers --check FILE ..."""

    def test_built_in_files(self):
        files = sorted(FILES.glob("*.json"))
        self.assertGreater(len(files), 13)
        result = harness.run("providers", "--check", *files)
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def broken(self, name, text, *said):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            if text is not None:
                path.write_bytes(text)
            result = harness.run("providers", "--check", path)
        self.assertEqual((result.code, result.out), (2, ""), result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        for words in said:
            self.assertIn(words, result.err)

    def test_broken_files(self):
        text = (FILES / "gmail.json").read_bytes()
        line = text[:text.index(b'"port": 465')].count(b"\n") + 1
        self.broken("gmail.json", text.replace(b": 465", b": 0"),
                    f"gmail.json:{line}: servers[1].port")
        self.broken("gmail.json", text.replace(b'"servers"', b'"server"'),
                    "server: unknown member")
        self.broken("gmail.json", text.replace(b'"separators"', b"separators"),
                    "not JSON at line")
        self.broken("gmail.json", text.replace(
            b'"wrong_credentials": [', b'"wrong_port": ['),
                    "remedies.wrong_credentials: missing")
        self.broken("gmail2.json", text, "gmail2.json", "ID.json")
        self.broken("gmail.json", b"", "not JSON at line 1")
        self.broken("gmail.json", text + b"\0", "gmail.json", "NUL")
        self.broken("gmail.json", b" " * 70000, "gmail.json", "too large")
        self.broken("nobody.json", None, "nobody.json", "No such file")

    def test_all_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / name
                     for name in ("a.json", "b.json")]
            for path in paths:
                path.write_text("{}")
            result = harness.run("providers", "--check", *paths)
        self.assertEqual(result.code, 2)
        self.assertEqual(len(result.err.splitlines()), 2, result)


COMPANY = """{
"id": "acme",
"names": { "en": "Acme", "ja": "アクメ" },
"domains": ["acme.example", "gmail.com"],
"mx_suffixes": [],
"servers": [
	{ "service": "imap", "host": "127.0.0.1", "port": PORT, "security": "tls" },
	{ "service": "smtp", "host": "{site}.acme.example", "port": 465, "security": "tls" }
],
"user_form": "local",
"secret": { "kind": "any" },
"help": { "en": "The help desk, room 3.", "ja": "3階のヘルプデスクへ。",
          "url": "https://help.acme.example/mail", "phone": "0120-000-000" },
"sources": ["our own servers"],
"checked": "2024-01",
"sure": true
}
"""


class OwnFiles(unittest.TestCase):
    """$XDG_CONFIG_HOME/mailwhy/providers/*.json"""

    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name) / "mailwhy/providers"
        self.folder.mkdir(parents=True)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.port = closed.getsockname()[1]
        (self.folder / "acme.json").write_text(
            COMPANY.replace("PORT", str(self.port)))

    def run_it(self, *arguments):
        return harness.run(*arguments, environment={
            "XDG_CONFIG_HOME": self.scratch.name})

    def test_its_servers_are_checked(self):
        result = self.run_it("--no-login", "taro@acme.example")
        self.assertIn(f"127.0.0.1:{self.port}", result.out)
        self.assertIn("Whom to ask", result.out)
        self.assertIn("room 3", result.out)
        self.assertIn("0120-000-000", result.out)
        self.assertIn("https://help.acme.example/mail", result.out)
        self.assertRegex(result.out, "more than [0-9]+ years ago")
        # a placeholder is nothing to look up
        self.assertNotIn("{site}", result.out)
        self.assertIn("3階", self.run_it("--no-login", "--lang", "ja",
                                         "taro@acme.example").out)

    def test_report_names_it(self):
        result = self.run_it("--json", "--no-login", "taro@gmail.com")
        harness.validate(result.report)
        provider = result.report["provider"]
        self.assertEqual(provider["id"], "acme")
        self.assertEqual(provider["help"]["phone"], "0120-000-000")
        self.assertEqual(result.report["user"], "taro")

    def test_a_broken_file_is_named(self):
        (self.folder / "zz.json").write_text('{\n"id": "zz",\n"name": 1 }')
        for command in ((), ("check",)):
            result = self.run_it(*command, "--no-login", "taro@acme.example")
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn("zz.json:3: name: unknown member", result.err)
            self.assertIn(str(self.folder), result.err)
        self.assertEqual(self.run_it("demo").code, 0)
        self.assertEqual(self.run_it("--version").code, 0)

    def test_what_cannot_be_read(self):
        path = self.folder / "a.json"
        path.write_text("{} " + " " * 70000)
        self.assertIn("a.json", self.run_it("x@acme.example").err)
        path.unlink()
        os.mkfifo(path)
        result = self.run_it("x@acme.example")
        self.assertEqual(result.code, 2, result)
        self.assertIn("a.json: it is not an ordinary file", result.err)
        path.unlink()
        path.symlink_to(self.folder / "nowhere.json")
        self.assertIn("a.json: No such file", self.run_it("x@y.example").err)
        path.unlink()
        # not ours: other names, hidden files
        (self.folder / "notes.txt").write_text("{")
        (self.folder / ".a.json").write_text("{")
        self.assertIn("127.0.0.1", self.run_it("--no-login",
                                               "x@acme.example").out)

    def test_a_folder_that_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            place = pathlib.Path(folder) / "mailwhy"
            place.mkdir()
            (place / "providers").write_text("")
            result = harness.run("--no-login", "--server", "127.0.0.1",
                                 "--port", "9", "--service", "imap",
                                 environment={"XDG_CONFIG_HOME": folder})
        self.assertNotEqual(result.code, 2, result)


if __name__ == "__main__":
    unittest.main()
