"""A real name server (Knot) for the tests, on a free loopback port."""
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time


def free_port():
    """A port free for UDP and TCP alike."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            udp.bind(("127.0.0.1", 0))
            port = udp.getsockname()[1]
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def find_knotd():
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin",
                            "/usr/local/sbin"])
    found = shutil.which("knotd", path=path)
    if not found:
        sys.exit("knotd is missing: install the package knot")
    return found


class Knot:
    """knotd with a configuration of our own: @PORT@, @RUN@ (its folder) and
    @SOURCE@ are filled in. It serves once it answers for `name`."""

    def __init__(self, conf_text, source, name):
        self.name = name
        self.run = tempfile.TemporaryDirectory(prefix="mailwhy-knot-")
        self.port = free_port()
        text = conf_text
        # The port first: "@@PORT@" is an at sign and the placeholder.
        for name, value in (("@PORT@", self.port), ("@RUN@", self.run.name),
                            ("@SOURCE@", source)):
            text = text.replace(name, str(value))
        conf = pathlib.Path(self.run.name) / "knot.conf"
        conf.write_text(text)
        self.log = open(conf.with_name("log"), "w+")
        self.process = subprocess.Popen(
            [find_knotd(), "-c", str(conf)], stdout=self.log,
            stderr=subprocess.STDOUT)

    def answers(self):
        """Does it serve the zone yet?"""
        name = b"".join(bytes([len(p)]) + p.encode()
                        for p in self.name.split(".")) + b"\0"
        question = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + name + \
            struct.pack("!2H", 1, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(0.2)
            udp.connect(("127.0.0.1", self.port))
            try:
                udp.send(question)
                return udp.recv(512)[3] & 15 == 0
            except OSError:
                return False

    def wait(self):
        for _ in range(100):
            if self.answers():
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.log.seek(0)
        sys.exit("knotd does not serve the zone:\n" + self.log.read())

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.run.cleanup()
