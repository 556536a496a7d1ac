#!/usr/bin/env python3
"""The reports of all scenarios, merged into every output and read by parsers
that are not ours.

    MAILWHY=path/to/mailwhy scenarios_test.py REPORTS_FOLDER
"""
import json
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "live")]
import harness          # noqa: E402
import parsers          # noqa: E402

REPORTS = None
ACTS = {0: "passed", 1: "failed", 3: "error", 4: "failed"}


class Scenarios(unittest.TestCase):
    def merged(self, reports, folder):
        """As if each were an account of one list."""
        for number, (name, report) in enumerate(reports, 1):
            report["account"] = {
                "name": name, "file": "list", "line": number,
                "result": ACTS[report["exit_code"]],
                "exit_code": report["exit_code"], "reason": None,
                "why": None, "labels": {}, "attempts": 1,
                "expectations": []}
        path = folder / "lines"
        path.write_text("".join(json.dumps(r) + "\n" for _, r in reports))
        kinds = [k for k in parsers.PARSERS if k != "nagios"]
        done = harness.run("merge", path, *(
            f"--output={k}:{folder / k}" for k in kinds))
        self.assertEqual((done.code, done.err), (1, ""), done)
        return {k: parsers.PARSERS[k]((folder / k).read_bytes(), *(
            [100] if k == "summary" else [])) for k in kinds}

    def test_all_of_them(self):
        reports = [(p.name, json.loads(p.read_text()))
                   for p in sorted(REPORTS.glob("*.json"))]
        self.assertGreater(len(reports), 100)
        with tempfile.TemporaryDirectory() as folder:
            seen = self.merged(reports, pathlib.Path(folder))
        wanted = [(name, ACTS[r["exit_code"]], r["verdict"])
                  for name, r in reports]
        self.assertEqual([(r["account"], r["result"], r["cause"])
                          for r in seen["csv"]], wanted)
        self.assertEqual([t[0] for t in seen["tap"]],
                         ["ok" if r == "passed" else "not ok"
                          for _, r, _ in wanted])
        for suite, (name, result, _) in zip(seen["junit"], wanted,
                                            strict=True):
            bad = int(suite.get("failures")) + int(suite.get("errors"))
            self.assertEqual((suite.get("name"), bad > 0),
                             (name, result != "passed"))


if __name__ == "__main__":
    harness.PROGRAM = str(pathlib.Path(harness.PROGRAM).resolve())
    REPORTS = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main()
