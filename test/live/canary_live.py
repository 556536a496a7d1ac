#!/usr/bin/env python3
"""A server that says back whatever it was told, in every spelling it can
think of. Nothing of the secret may come out of mailwhy, in any report, at any
level of detail, on either stream."""
import base64
import html
import pathlib
import shutil
import socketserver
import ssl
import sys
import tempfile
import threading
import unittest
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).parent),
                str(pathlib.Path(__file__).parent / "mail")]
import harness          # noqa: E402
import servers          # noqa: E402

SECRETS = ("Kanarienvogel-7391", 'quo"te\\back slash%41', "秘密の言葉です",
           "a&b<c>d='e'", "ya29.A0ARrdaM-long_token~with.marks/+=" + "x" * 90)
FOLDER = None


def spellings(raw):
    """What a careless or hostile server might make of a line it received."""
    yield raw
    for word in raw.split():
        yield word
        try:
            plain = base64.b64decode(word, validate=True)
        except ValueError:
            continue
        for part in [plain, *plain.split(b"\0"), *plain.split(b"\x01")]:
            yield part.replace(b"\0", b" ")
            yield urllib.parse.quote_from_bytes(part, safe="").encode()
            yield urllib.parse.quote_plus(part).encode()
            yield part.hex().encode()
            yield part.hex().upper().encode()
            yield html.escape(part.decode(errors="replace")).encode()
            for pad in (b"", b"x", b"xy"):
                yield base64.b64encode(pad + part)
                yield base64.urlsafe_b64encode(pad + part)


def one_line(parts):
    return b" | ".join(p.replace(b"\r", b"").replace(b"\n", b"")
                       for p in parts)


class Echo(socketserver.StreamRequestHandler):
    timeout = 20

    def setup(self):
        self.request.settimeout(20)
        self.request = self.server.context.wrap_socket(
            self.request, server_side=True)
        super().setup()

    def say(self, data):
        self.wfile.write(data + b"\r\n")

    def handle(self):
        try:
            self.say(self.greeting)
            heard = []
            while line := self.rfile.readline(1 << 17):
                line = line.rstrip(b"\r\n")
                heard.append(line)
                self.answer(line, one_line(
                    s for h in heard[-3:] for s in spellings(h)))
        except OSError:
            pass

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass


class EchoImap(Echo):
    greeting = (b"* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN "
                b"AUTH=LOGIN AUTH=XOAUTH2 AUTH=OAUTHBEARER] hello")

    def answer(self, line, echo):
        tag, _, rest = line.partition(b" ")
        word = rest.upper()
        if word.startswith(b"CAPABILITY"):
            self.say(b"* CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN")
            self.say(tag + b" OK done")
        elif word.startswith(b"LOGOUT"):
            self.say(b"* BYE " + echo)
            self.say(tag + b" OK")
        elif word.startswith(b"AUTHENTICATE LOGIN") and word.count(b" ") == 1:
            self.tag, self.turn = tag, 0
            self.say(b"+ " + base64.b64encode(b"Username:"))
        elif hasattr(self, "turn") and self.turn == 0:
            self.turn = 1
            self.say(b"+ " + base64.b64encode(b"Password: " + echo[:300]))
        else:
            if hasattr(self, "turn"):
                tag = self.tag
            self.say(b"* OK [ALERT] you said " + echo[:3000])
            self.say(tag + b" NO [ALERT] refused: " + echo[:3500])


class EchoSmtp(Echo):
    greeting = b"220 hello"

    def answer(self, line, echo):
        if line.upper().startswith(b"EHLO"):
            self.say(b"250-hello " + echo[:100])
            self.say(b"250 AUTH PLAIN XOAUTH2 OAUTHBEARER")
        elif line.upper().startswith(b"QUIT"):
            self.say(b"221 bye")
        else:
            for at in range(0, min(len(echo), 3000), 400):
                self.say(b"535-5.7.8 " + echo[at:at + 400])
            self.say(b"535 5.7.8 no: " + echo[:1500])


class EchoPop3(Echo):
    greeting = b"+OK hello"

    def answer(self, line, echo):
        word = line.upper()
        if word.startswith(b"CAPA"):
            for text in (b"+OK", b"USER", b"RESP-CODES", b"UTF8", b"."):
                self.say(text)
        elif word.startswith((b"USER", b"UTF8")):
            self.say(b"+OK " + echo[:200])
        else:
            self.say(b"-ERR [AUTH] " + echo[:3500])


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_):
        pass


def setUpModule():
    global FOLDER
    FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="mailwhy-canary-"))
    servers.make_certificates(FOLDER / "pki")


def tearDownModule():
    shutil.rmtree(FOLDER)


class Canary(unittest.TestCase):
    def serve(self, handler):
        server = Server((servers.ADDRESS, 0), handler)
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(FOLDER / "pki" / "mail.test.crt",
                                       FOLDER / "pki" / "mail.test.key")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def runs(self, scheme, handler, mechanisms):
        port = self.serve(handler)
        for secret in SECRETS:
            for mechanism in mechanisms:
                for style in ((), ("--json",), ("-v",), ("-v", "--json"),
                              ("-v", "--lang", "ja")):
                    with self.subTest(f"{scheme} {mechanism} {style}",
                                      secret=secret):
                        self.one(scheme, port, secret, mechanism, style)

    def one(self, scheme, port, secret, mechanism, style):
        token = mechanism in ("XOAUTH2", "OAUTHBEARER")
        kept = [FOLDER / name for name in ("saved", "bundle")]
        result = harness.run(
            f"{scheme}://taro@{servers.HOST}:{port}", "--resolve",
            f"{servers.HOST}:*:{servers.ADDRESS}", "--ca-file",
            FOLDER / "pki" / "ca.crt", "--timeout", "15",
            "--token-stdin" if token else "--password-stdin",
            *(("--mechanism", mechanism) if mechanism else ()), *style,
            "--save", kept[0], "--bundle", kept[1], secret=secret)
        self.kept_nothing(secret, *kept)
        # a plugin's state is another: 2 is critical
        codes = (2,) if "nagios" in style else (1, 3, 4)
        self.assertIn(result.code, codes, result)
        if "-v" in style:       # the server did say it back
            self.assertGreaterEqual(result.out.count("<secret>"), 2, result)
        if "--json" in style:
            harness.validate(result.report)
            self.assertEqual(result.report["logins"]["attempted"], 1, result)

    def kept_nothing(self, secret, saved, bundle):
        """Neither file has the secret; the bundle has no name either."""
        for path in (saved, bundle):
            text = path.read_text(encoding="utf-8")
            harness.no_trace(secret, harness.Run(0, text, ""))
        self.assertNotIn("taro", text)
        self.assertNotIn(servers.HOST, text)
        self.assertIn("user", text)

    def test_imap(self):
        self.runs("imaps", EchoImap, (None, "PLAIN", "LOGIN", "XOAUTH2"))

    def test_smtp(self):
        self.runs("smtps", EchoSmtp, (None, "OAUTHBEARER"))

    def test_outputs(self):
        port = self.serve(EchoImap)
        for secret in SECRETS:
            for kind in ("jsonl", "junit", "tap", "prometheus", "github",
                         "csv", "nagios", "summary"):
                with self.subTest(kind, secret=secret):
                    self.one("imaps", port, secret, None,
                             ("--format", kind))

    def test_pop3(self):
        self.runs("pop3s", EchoPop3, (None,))

    def test_the_check_can_fail(self):
        """no_trace finds each spelling that the server uses."""
        for secret in SECRETS:
            for form in harness.secret_forms(secret):
                with self.assertRaises(AssertionError):
                    harness.no_trace(secret, harness.Run(1, f"x{form}y", ""))


if __name__ == "__main__":
    unittest.main()
