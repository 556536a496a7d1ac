#!/usr/bin/env python3
"""mailwhy batch and merge with everything wrong that can be, under --lang ja:
it is explained in Japanese, to the end of the line.

    MAILWHY=path/to/mailwhy japanese_live.py [-v] [Class.test]
"""
import pathlib
import re
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent)]
import harness          # noqa: E402
from batch_live import DIR, Case, account, setUpModule, write  # noqa: E402

JAPANESE = "[\u3041-\u30fa\u4e00-\u9fff]"
# commands and JSON to be copied are no English sentences
COPIED = re.compile(r"iconv [^>]*|\[[^]]*\]|\{[^}]*\}")
ENGLISH = "[a-z]{2,} [a-z]{2,} [a-z]{2,}"


class Japanese(Case):
    def check(self, *command, stdin=None):
        done = harness.run(*command, "--lang", "ja", stdin=stdin)
        self.assertNotEqual(done.code, 0, done)
        self.assertTrue(done.err, done)
        for line in done.err.splitlines():
            self.assertRegex(line, JAPANESE, done)
            self.assertNotRegex(COPIED.sub("", line), ENGLISH, done)
            self.assertNotRegex(line, r"[^.]\.$", done)

    def test_what_cannot_be_read_or_written(self):
        path = write("ja.jsonl", account("good"))
        none = DIR / "none.jsonl"
        for more in ((none,), (DIR,), (path, "--resume", none),
                     (path, "--resume", DIR), (path, "--resume", path),
                     (path, "--ca-file", none), (path, "--ca-file", path),
                     (path, "--state", DIR), (path, "--state", none / "x"),
                     (path, "--output", f"csv:{none}/x"),
                     (path, "--output", "csv:/dev/full"),
                     (path, "--output", f"csv:{path}"),
                     (path, "--output", "results.csv"),
                     (path, "--format", "junit"), (path, "--shard", "3/2"),
                     (path, "--fail-on", "luck"),
                     (path, "--expect", "service=imap"),
                     (path, "--password-env", "X"), (path, "--save", "x"),
                     (DIR / "a", DIR / "b"), ()):
            with self.subTest(more):
                self.check("batch", *more)
        self.check("merge", none)
        self.check("merge")
        self.check("merge", path)
        self.check("merge", write("ja.other", "nonsense", "[1]", '{"a": 1}',
                                  '{"schema": "mailwhy/report"}'))
        self.check("batch", "-", stdin=b"")

    def test_the_plugin(self):
        path = write("plugin.jsonl", account("good"))
        for command in (("batch", path), ("check", "x@127.0.0.1"), ("check",),
                        ("check", "--password-file", "/none",
                         "imaps://a@127.0.0.1:1")):
            done = harness.run(*command, "--format", "nagios", "--lang", "ja")
            self.assertEqual((done.code, done.err), (3, ""), done)
            self.assertRegex(done.out, "^MAIL UNKNOWN - .*" + JAPANESE)
            self.assertNotRegex(done.out, ENGLISH)

    def test_accounts(self):
        at_x = '{"address": "a@x.test", "%s": %s}'
        bad = [
            at_x % ("password", '"visible"'), "nonsense", "[1]", "{}",
            '{"address": 5}', '{"adress": "a@x.test"}', '{"colour": "a"}',
            '{"address": "a b"}', '{"include": 3}',
            '{"include": "none.csv"}', at_x % ("labels", "1"),
            *(at_x % ("expect", e) for e in (
                "[]", '{"tls": 2}', '{"cause": "luck"}', '{"x": 1}',
                '{"login": "imap"}', '{"capabilities": {"imap": [""]}}',
                '{"max_ms": 0}', '{"certificate_days": "many"}')),
            *(at_x % ("endpoints", e) for e in (
                '"mail.test"', '"http://x"', "[]", '"imaps://x:99999"')),
            *('{"address": "a%d@x.test", "endpoints": "imaps://127.0.0.1:1", '
              '"password": %s}' % (i, p) for i, p in enumerate((
                  '{"env": "NO_SUCH"}', '{"file": "/none"}',
                  '{"file": "/tmp"}', '{"command": "exit 3"}',
                  '{"netrc": "/none"}', '{"vault": "x"}',
                  '{"env": "a b"}')))]
        self.check("batch", write("ja-bad.jsonl", *bad), "--no-state",
                   "--output", "jsonl:/dev/null")

    def test_lists(self):
        for text in ("address,pasword_env\na@x.test,X\n", "name,user\na,b\n",
                     'address\n"a@x.test\n', "address\na@x.test,b,c\n",
                     "address,expect_tls\na@x.test,9\n",
                     "address,server\na@x.test,x:8080\n",
                     '{"accounts": [], "x": 1}', '[{"address": "a@x.test"',
                     "address,name\na@x.test,太郎\n".encode("cp932"),
                     "address,name\na@x.test,太郎\n".encode("utf-16")):
            with self.subTest(text):
                self.check("batch", "-", "--no-state",
                           "--no-network-discovery", "--output",
                           "jsonl:/dev/null", stdin=text if
                           isinstance(text, bytes) else text.encode())


if __name__ == "__main__":
    unittest.main()
