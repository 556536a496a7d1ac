#!/usr/bin/env python3
"""What mailwhy knows of providers, and what its users add: the files as their
authors meet them."""
import json
import os
import pathlib
import re
import socket
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import harness          # noqa: E402
import jsonschema       # noqa: E402

FILES = pathlib.Path(__file__).parents[2] / "providers"


class CheckFiles(unittest.TestCase):
    """mailwhy providers --check FILE ..."""

    def test_built_in_files(self):
        files = sorted(FILES.glob("*.json"))
        self.assertGreater(len(files), 13)
        result = harness.run("providers", "--check", *files)
        self.assertEqual((result.code, result.out, result.err), (0, "", ""))

    def test_documented_files(self):
        """What the README and the manual show is what is asked for."""
        for name in ("README.md", "cmd/mailwhy.1"):
            text = (FILES.parent / name).read_text()
            shown = re.findall(r'^{\n"id": "acme".*?^}$', text, re.M | re.S)
            self.assertEqual(len(shown), 1, name)
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / "acme.json"
                path.write_text(shown[0])
                result = harness.run("providers", "--check", path)
            self.assertEqual((result.code, result.out, result.err),
                             (0, "", ""), name)

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


class Shown(unittest.TestCase):
    """mailwhy providers [NAME]"""

    @classmethod
    def setUpClass(cls):
        cls.ids = sorted(path.stem for path in FILES.glob("*.json"))
        schema = json.loads(harness.run("providers", "--schema").out)
        cls.schema = jsonschema.Draft7Validator(schema)

    def test_list(self):
        for lang in ("en", "ja"):
            result = harness.run("providers", "--lang", lang)
            self.assertEqual((result.code, result.err), (0, ""))
            lines = result.out.splitlines()
            self.assertEqual([line.split()[0] for line in
                              lines[1:len(self.ids) + 1]], self.ids)
            for line in lines:
                self.assertLessEqual(harness.columns(line), 80, line)
            # the months stand in one column, whatever is before them
            at = {harness.columns(line[:line.index(" 20")])
                  for line in lines[1:len(self.ids) + 1]}
            self.assertEqual(len(at), 1, at)

    def test_list_as_json(self):
        doc = harness.run("providers", "--json").report
        self.schema.validate(doc)
        self.assertEqual(doc["schema"], "mailwhy/providers")
        self.assertEqual([p["id"] for p in doc["providers"]], self.ids)

    def test_each_in_full(self):
        for name in self.ids:
            doc = harness.run("providers", "--json", name).report
            self.schema.validate(doc)
            self.assertEqual([p["id"] for p in doc["providers"]], [name])
            self.assertIn("servers", doc["providers"][0])

    def test_each_reads_well(self):
        for lang in ("en", "ja"):
            for name in self.ids:
                result = harness.run("providers", "--lang", lang, name)
                self.assertEqual((result.code, result.err), (0, ""))
                self.assertNotRegex(result.out, r"providers\.|cause\.")
                for line in result.out.splitlines():
                    if "https://" not in line:
                        self.assertLessEqual(harness.columns(line), 80, line)

    def test_by_any_name(self):
        for name in (("gmail",), ("GMail",), ("googlemail.com",),
                     ("taro@gmail.com",), ("Google", "Mail")):
            result = harness.run("providers", *name)
            self.assertIn("Gmail (gmail)", result.out.splitlines()[0])
        self.assertIn("ドコモメール", harness.run(
            "providers", "ドコモ", "--lang", "ja").out.splitlines()[0])

    def test_unknown(self):
        for name, near in (("gmial", '"gmail"'), ("yahoo.co.jpp",
                           '"yahoo_japan"'), ("q" * 40, "mailwhy providers")):
            result = harness.run("providers", name)
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1)
            self.assertIn(name, result.err)
            self.assertIn(near, result.err)


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

    def test_it_is_listed_and_shown(self):
        listed = self.run_it("providers").out
        self.assertIn("acme is your own file acme.json", listed)
        shown = self.run_it("providers", "acme.example").out
        self.assertIn("Acme (acme, your own file acme.json)", shown)
        self.assertIn("{site}.acme.example", shown)
        self.assertIn("0120-000-000", shown)
        self.assertIn("(January 2024)", shown)
        full = self.run_it("providers", "--json", "acme").report
        self.assertEqual(full["providers"][0]["own_file"], "acme.json")
        self.assertTrue(full["providers"][0]["servers"][1]["template"])

    def test_a_session_takes_it_along(self):
        """Where the file is not, or another one is, the report is the same;
        a bundle tells nothing of it, and says so when it is replayed."""
        saved, bundle = (f"{self.scratch.name}/{n}" for n in ("saved", "all"))
        for style in (("--json",), ("--lang", "ja")):
            first = self.run_it("--no-login", "taro@acme.example", *style,
                                "--save", saved, "--bundle", bundle)
            other = (self.folder / "acme.json").read_text()
            (self.folder / "acme.json").write_text(
                other.replace("0120-000-000", "0120-999-999"))
            for again in (harness.run("replay", saved, *style),
                          self.run_it("replay", saved, *style)):
                self.assertEqual((again.out, again.err), (first.out, ""))
            (self.folder / "acme.json").write_text(other)
        masked = pathlib.Path(bundle).read_text(encoding="utf-8")
        for trace in ("acme", "Acme", "アクメ", "0120", "room 3", "taro"):
            self.assertNotIn(trace, masked)
        again = self.run_it("replay", bundle)
        self.assertEqual(again.code, first.code)
        self.assertIn("a file of the user's own", again.err)
        broken = pathlib.Path(saved).read_text(encoding="utf-8")
        pathlib.Path(saved).write_text(broken.replace(
            '\\"user_form\\"', '\\"user_from\\"'), encoding="utf-8")
        again = harness.run("replay", saved)
        self.assertEqual((again.code, again.out), (2, ""), again)
        self.assertIn("user_from", again.err)

    def test_a_broken_file_is_named(self):
        (self.folder / "zz.json").write_text('{\n"id": "zz",\n"name": 1 }')
        for command in ((), ("check",)):
            result = self.run_it(*command, "--no-login", "taro@acme.example")
            self.assertEqual((result.code, result.out), (2, ""), result)
            self.assertEqual(len(result.err.splitlines()), 1, result)
            self.assertIn("zz.json:3: name: unknown member", result.err)
            self.assertIn(str(self.folder), result.err)
        listed = self.run_it("providers")
        self.assertEqual((listed.code, listed.err), (0, ""))
        self.assertIn("zz.json:3: name: unknown member",
                      " ".join(listed.out.split()))
        self.assertRegex(listed.out, "(?m)^acme ")
        doc = self.run_it("providers", "--json").report
        self.assertEqual(doc["broken"][0]["own_file"], "zz.json")
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
