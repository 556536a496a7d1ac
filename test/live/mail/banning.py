"""An IMAP server that bans: who was refused so many logins within so many
seconds is shut out by his address, as fail2ban does it, whichever accounts
they were for. It remembers everything that a test may ask."""
import base64
import socketserver
import ssl
import threading
import time


class Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        ban = self.server.ban
        if ban.is_banned():
            ban.turned_away += 1
            return
        try:
            self.request = ban.tls.wrap_socket(self.request, server_side=True)
        except OSError:
            return
        self.rfile = self.request.makefile("rb", -1)
        self.wfile = self.request.makefile("wb", 0)
        try:
            self.talk(ban)
        except OSError:
            pass
        finally:
            self.request.close()

    def talk(self, ban):
        self.say("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready")
        while line := self.rfile.readline(8192):
            tag, _, rest = line.decode(errors="replace").strip().partition(" ")
            verb, _, argument = rest.partition(" ")
            verb = verb.upper()
            if verb == "AUTHENTICATE":
                self.authenticate(ban, tag, argument)
            elif verb == "LOGOUT":
                self.say("* BYE see you")
                self.say(f"{tag} OK done")
                return
            elif verb == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR")
                self.say(f"{tag} OK done")
            elif verb in ("EXAMINE", "SELECT"):
                self.say("* 0 EXISTS")
                self.say(f"{tag} OK [READ-ONLY] done")
            else:
                self.say(f"{tag} OK done")

    def authenticate(self, ban, tag, argument):
        blob = argument.partition(" ")[2] or ""
        if not blob:
            self.say("+ ")
            blob = self.rfile.readline(8192).decode().strip()
        _, user, password = base64.b64decode(blob).decode().split("\0")
        if ban.judge(user, password):
            self.say(f"{tag} OK [CAPABILITY IMAP4rev1] welcome")
        else:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] Authentication failed.")


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class BanningServer:
    """users: name -> password. Bans for ever at the `maxretry`th refusal
    within `findtime` seconds."""

    def __init__(self, address, certificate, key, users, maxretry=3,
                 findtime=600.0):
        self.users, self.maxretry, self.findtime = users, maxretry, findtime
        self.lock = threading.Lock()
        self.refused, self.accepted, self.turned_away = [], 0, 0
        self.banned = False
        self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.tls.load_cert_chain(certificate, key)
        self.listener = Listener((address, 0), Session)
        self.listener.ban = self
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever,
                         daemon=True).start()

    def is_banned(self):
        with self.lock:
            return self.banned

    def judge(self, user, password):
        with self.lock:
            if self.users.get(user) == password:
                self.accepted += 1
                return True
            now = time.monotonic()
            self.refused.append(now)
            recent = [t for t in self.refused if t > now - self.findtime]
            self.banned = self.banned or len(recent) >= self.maxretry
            return False

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
