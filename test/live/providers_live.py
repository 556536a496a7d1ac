#!/usr/bin/env python3
"""What mailwhy knows of providers, and what its users add: the files as their
authors meet them."""
import pathlib
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


if __name__ == "__main__":
    unittest.main()
