#!/usr/bin/env python3
"""The golden files of the outputs, read by parsers that are not ours.

    goldens_test.py GOLDEN_FOLDER
"""
import pathlib
import shutil
import subprocess
import sys
import unittest

import parsers

FOLDER = None
LANGS = ("en", "ja")


def golden(kind, lang):
    return (FOLDER / f"outputs_{kind}.{lang}.txt").read_bytes()


class Goldens(unittest.TestCase):
    def test_all_are_there(self):
        kinds = {p.name.split("_")[1].split(".")[0]
                 for p in FOLDER.glob("outputs_*.txt")}
        self.assertEqual(kinds, set(parsers.PARSERS))

    def test_all_are_read(self):
        for kind, parse in parsers.PARSERS.items():
            for lang in LANGS:
                with self.subTest(kind=kind, lang=lang):
                    parse(golden(kind, lang))

    def test_they_tell_the_same(self):
        """Whatever the format: who failed, and who did not."""
        lines = parsers.jsonl(golden("jsonl", "en"))
        results = {x["account"]["name"]: x["account"]["result"]
                   for x in lines}
        self.assertEqual(set(results.values()),
                         {"passed", "failed", "error", "skipped"})
        rows = parsers.spreadsheet(golden("csv", "ja"))
        self.assertEqual({r["account"]: r["result"] for r in rows}, results)
        suites = parsers.junit(golden("junit", "en"))
        for suite in suites:
            found = {x.get("name"): x.get("value")
                     for x in suite.iter("property")}
            self.assertEqual(found["result"], results[suite.get("name")])
            bad = int(suite.get("failures")) + int(suite.get("errors"))
            self.assertEqual(bad > 0, found["result"] in ("failed", "error"))
        for lang, says in (("en", "left alone for now"),
                           ("ja", "試していません")):
            for state, name, why in parsers.tap(golden("tap", lang)):
                name = name.removeprefix("- ")
                self.assertEqual(state, {
                    "passed": "ok", "skipped": "skip"}.get(results[name],
                                                           "not ok"))
                self.assertEqual(says in why, state == "skip", why)
        told = {p["title"]: level for level, p, _ in
                parsers.github(golden("github", "ja"))}
        self.assertEqual(set(told), {n for n, r in results.items()
                                     if r != "passed"})
        success = parsers.prometheus(golden("prometheus", "en"))[
            "mailwhy_probe_success"]
        self.assertEqual({labels["account"]: value for labels, value
                          in success},
                         {n: float(r == "passed")
                          for n, r in results.items()})

    @unittest.skipUnless(shutil.which("prove"), "needs prove (Perl)")
    def test_prove_counts_the_same(self):
        for lang in LANGS:
            done = subprocess.run(
                ["prove", "--exec", "cat", "--verbose",
                 FOLDER / f"outputs_tap.{lang}.txt"],
                capture_output=True, encoding="utf-8")
            failed = golden("tap", lang).count(b"\nnot ok ")
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout, rf"Failed {failed}/\d+ subtests")
            self.assertIn("less 1 skipped subtest", done.stdout)


if __name__ == "__main__":
    FOLDER = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
