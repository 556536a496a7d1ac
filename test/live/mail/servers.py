"""Real mail servers for the tests: Dovecot and Postfix with configurations of
their own, on free high ports of one loopback address, in one temporary
directory that goes when they do. Needs root (both change users)."""
import contextlib
import ctypes
import http.server
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
# Not 127.0.0.1: Dovecot takes a client with its own address for secured and
# would let clear-text logins pass.
ADDRESS = "127.0.0.77"
HOST = "mail.test"
PORTS = ("IMAP", "IMAPS", "POP3", "POP3S", "NOAUTH", "SUBMISSION", "SMTPS",
         "STRICT", "MX", "CLEAR")
TOKEN = "ya29.good-token-of-olivia"

# user name -> (password, further fields of Dovecot's passwd-file)
USERS = {
    "alice@mail.test": ("correct horse battery", ""),
    "quotes@mail.test": ('p@ss"w\\ord', ""),
    "spaces@mail.test": (" two  spaces ", ""),
    "umlaut@mail.test": ("pässwörd-日本語", ""),
    "percent@mail.test": ("100%{sure}&<b>~", ""),
    "olivia@mail.test": ("unused-password", ""),
    "denied@mail.test": ("correct-denied", ""),
    "closed@mail.test": ("correct-closed", "nologin"),
    "full@mail.test": ("correct-full", "userdb_quota_rule=*:storage=100K "
                       "userdb_quota_storage_size=100K"),
}


def run(*command, **options):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE, **options)


def die_with_parent():
    """No server outlives the tests, however they end (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def dovecot_version():
    told = subprocess.run(["dovecot", "--version"], check=True,
                          capture_output=True, text=True).stdout
    return tuple(int(n) for n in told.split()[0].split(".")[:2])


def free_ports(count):
    """Ports nobody has; all are held until all are known."""
    with contextlib.ExitStack() as held:
        ports = []
        for _ in range(count):
            s = held.enter_context(socket.socket())
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((ADDRESS, 0))
            ports.append(s.getsockname()[1])
        return ports


KEYS = {"ec": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        "rsa": ("rsa:2048",)}


def make_certificates(pki, key="ec"):
    """ca.crt to trust, mail.test.crt and .key to serve, in the folder pki."""
    pki.mkdir()
    pki.chmod(0o755)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
        "-keyout", "ca.key", "-out", "ca.crt", "-days", "30",
        "-subj", "/CN=Live test authority",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign", cwd=pki)
    run("openssl", "req", "-newkey", *KEYS[key], "-nodes", "-keyout",
        "mail.test.key",
        "-out", "mail.test.csr", "-subj", f"/CN={HOST}", cwd=pki)
    (pki / "ext").write_text(f"subjectAltName=DNS:{HOST},IP:{ADDRESS}\n"
                             "extendedKeyUsage=serverAuth\n"
                             "basicConstraints=CA:FALSE\n")
    run("openssl", "x509", "-req", "-in", "mail.test.csr", "-CA",
        "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext",
        "-days", "20", "-out", "mail.test.crt", cwd=pki)


class Introspection(http.server.BaseHTTPRequestHandler):
    """What an OAuth server says of a token (RFC 7662)."""

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        form = urllib.parse.parse_qs(self.rfile.read(length).decode())
        good = form.get("token") == [TOKEN]
        body = json.dumps({"active": good, "username": "olivia@mail.test"}
                          if good else {"active": False}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Servers:
    """On `address`; `prefix` is put before every command ("ip netns exec
    NAME"). Without `ports` free ones are taken. Without `quota` Dovecot is
    as Debian ships it. `more` are users besides USERS, likewise."""

    def __init__(self, address=ADDRESS, ports=None, prefix=(), quota=True,
                 key="ec", more=None):
        self.users = USERS | (more or {})
        self.address, self.prefix = address, list(prefix)
        self.quota, self.key = quota, key
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="mailwhy-live-"))
        self.dir.chmod(0o755)
        self.ports = ports or dict(zip(PORTS, free_ports(len(PORTS))))
        self.ca = self.dir / "pki" / "ca.crt"
        self.started = []
        self.libexec = next(p for p in ("/usr/lib/postfix/sbin",
                                        "/usr/libexec/postfix")
                            if os.path.isdir(p))
        self.oauth = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Introspection)
        threading.Thread(target=self.oauth.serve_forever, daemon=True).start()

    def __getattr__(self, name):
        """servers.imaps is the port of that service."""
        ports = self.__dict__.get("ports", {})
        if name.upper() in ports:
            return ports[name.upper()]
        raise AttributeError(name)

    def fill(self, template, target):
        words = {"DIR": self.dir, "ADDRESS": self.address,
                 "LIBEXEC": self.libexec,
                 "OAUTH": self.oauth.server_address[1], **self.ports}
        text = (HERE / template).read_text()
        for word, value in words.items():
            text = text.replace(f"@{word}@", str(value))
        if not self.quota:
            text = text.replace("mail_plugins = quota", "# mail_plugins =")
        (self.dir / target).write_text(text)

    def write_users(self):
        lines = [f"{user}:{{PLAIN}}{password}::::::{fields}\n"
                 for user, (password, fields) in self.users.items()]
        (self.dir / "users").write_text("".join(lines))
        (self.dir / "denied").write_text("denied@mail.test:::::::\n")
        (self.dir / "senders").write_text(
            "alice@mail.test alice@mail.test\nboss@mail.test boss@mail.test\n")

    def fill_mailbox(self, user, size):
        """A message of `size` bytes, as if it had been delivered."""
        box = self.dir / "mail" / user
        for part in ("cur", "new", "tmp"):
            (box / part).mkdir(parents=True, exist_ok=True)
        head = b"From: a@mail.test\nSubject: big\n\n"
        name = f"1.live.{HOST},S={size}"
        (box / "new" / name).write_bytes(head + b"x" * (size - len(head)))
        for path in [box, *box.rglob("*")]:
            shutil.chown(path, "dovecot", "dovecot")

    def start_dovecot(self, config):
        with open(self.dir / (config + ".stderr"), "wb") as log:
            process = subprocess.Popen(
                [*self.prefix, "dovecot", "-F", "-c", str(self.dir / config)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                preexec_fn=die_with_parent)
        self.started.append(process)

    def kill_dovecot(self):
        """At once, and all of it; start_dovecot() may follow."""
        process = self.started.pop(0)
        process.send_signal(signal.SIGTERM)
        process.wait(10)

    def make_queue(self):
        """What "postfix check" would make; it insists on /etc/postfix."""
        spool = self.dir / "postfix" / "spool"
        data = self.dir / "postfix" / "data"
        for path in (spool / "pid", data):
            path.mkdir(parents=True)
        shutil.chown(data, "postfix")
        for name in ("active", "bounce", "corrupt", "defer", "deferred",
                     "flush", "hold", "incoming", "private", "saved", "trace"):
            (spool / name).mkdir(mode=0o700)
            shutil.chown(spool / name, "postfix")
        for name, mode in (("public", 0o710), ("maildrop", 0o730)):
            (spool / name).mkdir()
            shutil.chown(spool / name, "postfix", "postdrop")
            (spool / name).chmod(mode)

    def start_postfix(self):
        self.make_queue()
        conf = self.dir / "conf"
        conf.mkdir()
        self.fill("main.cf.in", "conf/main.cf")
        self.fill("master.cf.in", "conf/master.cf")
        # -d: in the foreground, so that its end can be awaited
        process = subprocess.Popen(
            [*self.prefix, self.libexec + "/master", "-d", "-c", conf],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        self.started.append(process)

    def start(self):
        try:
            make_certificates(self.dir / "pki", self.key)
            self.write_users()
            for name in ("run", "mail"):
                (self.dir / name).mkdir()
            shutil.chown(self.dir / "mail", "dovecot", "dovecot")
            self.fill_mailbox("full@mail.test", 97000)
            new = "-2.4" if dovecot_version() >= (2, 4) else ""
            self.fill(f"dovecot{new}.conf.in", "dovecot.conf")
            self.fill(f"dovecot-noauth{new}.conf.in", "dovecot-noauth.conf")
            self.fill("oauth2.conf.in", "oauth2.conf")
            # Dovecot's user may not be able to read where we lie
            self.fill("accounts.lua", "accounts.lua")
            self.start_dovecot("dovecot.conf")
            self.start_dovecot("dovecot-noauth.conf")
            self.start_postfix()
            for port in self.ports.values():
                self.wait_for(port)
        except Exception:
            self.print_logs()
            self.stop()
            raise
        return self

    def wait_for(self, port, seconds=20):
        """ss rather than connect: the servers may live in a namespace."""
        end = time.monotonic() + seconds
        listening = f"{self.address}:{port} "
        while listening not in subprocess.run(
                [*self.prefix, "ss", "-Hltn"], check=True,
                capture_output=True, text=True).stdout:
            if time.monotonic() > end:
                raise RuntimeError(f"nothing listens on {listening}")
            time.sleep(0.05)

    def stop(self):
        for process in self.started:
            process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.oauth.shutdown()
        self.oauth.server_close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def log_text(self, name="dovecot.log"):
        path = self.dir / name
        return path.read_text(errors="replace") if path.exists() else ""

    def print_logs(self):
        for path in [*self.dir.glob("*.log"), *self.dir.glob("*.stderr")]:
            print(f"---- {path.name}\n{path.read_text(errors='replace')}")


def require():
    """The tests are about these servers; without them nothing is proven."""
    missing = [p for p in ("dovecot", "postfix", "openssl")
               if not shutil.which(p, path=os.environ["PATH"] +
                                   ":/usr/sbin:/sbin")]
    if missing:
        raise SystemExit("missing: " + ", ".join(missing) +
                         " (test/run.sh installs them)")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for user in ("dovecot", "postfix"):
        pwd.getpwnam(user)
