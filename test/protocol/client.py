"""A client of FTX 1 written from PROTOCOL.md alone, with nothing but Python's standard library.

    client.py <host> <port> list <path>
    client.py <host> <port> get <path> <file>     continues where the file ends, if it proves itself
    client.py <host> <port> put <file> <path>     continues where the server's partial ends
    client.py <host> <port> mget <folder> <path...>   files of at most a block, each under its own name
    client.py <host> <port> mput <path> <file...>     the same

Logs in as FTP_USER with FTP_PASSWORD, without them as anonymous. In plaintext only: Python's ssl exports no keying material.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import socket
import sys
import unicodedata

# The page's own code for the MD5 chain: K, S, START, absorb, finish.
PAGE = pathlib.Path(__file__).parents[2] / "packages" / "protocol" / "PROTOCOL.md"
exec(re.search(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S).group(1))

BLOCK = 1048576


class Client:
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port))
        self.stream = self.socket.makefile("rb")
        self.id = 0
        self.ask("welcome", type="hello", versions=[1], client="client.py")
        user = os.environ.get("FTP_USER")
        if user is None:
            self.ask("accepted", type="login", mechanism="ANONYMOUS")
        else:
            self.scram(user, os.environ["FTP_PASSWORD"])

    def scram(self, user, password):
        mac = lambda key, text: hmac.digest(key, text.encode(), "sha256")
        nonce = base64.b64encode(os.urandom(18)).decode()
        bare = f"n={user.replace('=', '=3D').replace(',', '=2C')},r={nonce}"
        login = self.ask("challenge", type="login", mechanism="SCRAM-SHA-256", message=f"n,,{bare}")
        first = login["message"]
        r, s, i = re.fullmatch(r"r=([^,]+),s=([^,]+),i=([0-9]+)", first).groups()
        salt, iterations = base64.b64decode(s, validate=True), int(i)
        assert r.startswith(nonce) and r != nonce, "another nonce"
        assert 16 <= len(salt) <= 64 and 100000 <= iterations <= 5000000, "an impostor"
        prepared = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password)
        prepared = unicodedata.normalize("NFC", prepared).encode()
        salted = hashlib.pbkdf2_hmac("sha256", prepared, salt, iterations)
        client_key, server_key = mac(salted, "Client Key"), mac(salted, "Server Key")
        end = f"c=biws,r={r}"
        message = f"{bare},{first},{end}"
        signature = mac(hashlib.sha256(client_key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        self.part(type="response", message=f"{end},p={base64.b64encode(proof).decode()}")
        final = self.next("accepted")[0]["message"]
        expected = "v=" + base64.b64encode(mac(server_key, message)).decode()
        assert hmac.compare_digest(final, expected), "an impostor"

    def send(self, payload=b"", **header):
        if payload:
            header["size"] = len(payload)
        text = json.dumps(header).encode()
        self.socket.sendall(len(text).to_bytes(4, "little") + text + payload)

    def request(self, payload=b"", **header):
        self.id += 1
        self.send(payload, id=self.id, **header)

    def part(self, payload=b"", **header):
        self.send(payload, id=self.id, **header)

    def next(self, *expected):
        while True:
            length = int.from_bytes(self.stream.read(4), "little")
            header = json.loads(self.stream.read(length))
            payload = self.stream.read(header.get("size", 0))
            if header["type"] == "error":
                sys.exit(f"{header['code']}: {header['message']!r}")
            if header["type"] in expected:
                return header, payload
            assert header["type"] == "progress", header

    def ask(self, expected, **header):
        self.request(**header)
        return self.next(expected)[0]

    def list(self, path):
        self.request(type="list", path=path)
        while True:
            header, _ = self.next("entries")
            yield from header["entries"]
            if header.get("last"):
                return

    def get(self, path, file):
        with open(file, "a+b") as partial:
            value, offset, version = START, 0, {}
            if os.path.getsize(file) >= BLOCK:
                self.request(type="digest", path=path, chain=True)
                chain = b""
                while (answer := self.next("chain", "digest"))[0]["type"] == "chain":
                    chain += answer[1]
                version = {"version": answer[0]["version"]}
                partial.seek(0)
                for at in range(0, len(chain), 16):
                    block = partial.read(BLOCK)
                    if len(block) < BLOCK or absorb(value, block) != chain[at : at + 16]:
                        break
                    value, offset = chain[at : at + 16], offset + BLOCK
            partial.truncate(offset)
            print("continued at", offset)
            self.request(type="get", path=path, offset=offset, **version)
            header, payload = self.next("file")
            assert header["offset"] == offset and bytes.fromhex(header["chain"]) == value
            size = header["entry"]["size"]
            while True:
                if "md5" in header:
                    offset += len(payload)
                    if offset == size:
                        value = finish(value, payload, size)
                    else:
                        value = absorb(value, payload)
                    assert value.hex() == header["md5"], "damaged"
                    partial.write(payload)
                    if header.get("last"):
                        return
                    self.part(type="ack", offset=offset)
                header, payload = self.next("data")

    def put(self, file, path):
        content = pathlib.Path(file).read_bytes()
        md5 = hashlib.md5(content).hexdigest()
        put = dict(type="put", path=path, length=len(content), ifExists="replace")
        if len(content) <= BLOCK:
            self.request(content, **put, md5=md5)
            return self.next("stored")
        upload = hashlib.md5(f"{file} {path}".encode()).hexdigest()
        self.request(**put, upload=upload, source=md5)
        answer, _ = self.next("ready", "stored")
        if answer["type"] == "stored":
            return
        values = [START]
        for at in range(0, len(content) - BLOCK + 1, BLOCK):
            values.append(absorb(values[-1], content[at : at + BLOCK]))
        if answer["offset"] > 0:
            held = values[1 : answer["offset"] // BLOCK + 1]
            for at in range(0, len(held), 64):
                self.part(b"".join(held[at : at + 64]), type="chain", offset=at * BLOCK)
            self.part(b"", type="chain", offset=len(held) * BLOCK, last=True)
            answer, _ = self.next("ready")
        sent = acknowledged = answer["offset"]
        print("continued at", sent)
        ended = False

        def send(offset):
            block = content[offset : offset + BLOCK]
            end = offset + len(block)
            last = dict(last=True, md5=md5) if end == len(content) else dict(md5=values[offset // BLOCK + 1].hex())
            self.part(block, type="data", offset=offset, **last)
            return end

        while True:
            while not ended and sent - acknowledged + BLOCK <= answer["window"]:
                sent = send(sent)
                ended = sent == len(content)
            reply, _ = self.next("ack", "resend", "stored")
            if reply["type"] == "stored":
                assert reply["entry"]["md5"] == md5
                return
            if reply["type"] == "resend":
                send(reply["offset"])
            else:
                acknowledged = reply["offset"]

    def mget(self, folder, *paths):
        for first in range(0, len(paths), 64):
            waiting = list(paths[first : first + 64])
            self.request(type="mget", paths=waiting)
            header = {}
            while not header.get("last"):
                header, payload = self.next("files")
                for file in header["files"]:
                    path = waiting.pop(0)
                    if file["type"] == "error":
                        print(path, file["code"])
                    elif "md5" not in file:
                        print(path, "is larger than a block")
                    else:
                        content, payload = payload[: file["size"]], payload[file["size"] :]
                        assert hashlib.md5(content).hexdigest() == file["md5"], "damaged"
                        pathlib.Path(folder, file["name"]).write_bytes(content)
                assert not payload, "bytes of no file"
            assert not waiting, "paths that were not told of"

    def mput(self, folder, *files):
        waiting = [(f"{folder}/{pathlib.Path(file).name}", pathlib.Path(file).read_bytes()) for file in files]
        while waiting:
            described, payload = [], b""
            while waiting and len(described) < 64 and len(payload) + len(waiting[0][1]) <= BLOCK:
                path, content = waiting.pop(0)
                described.append(dict(path=path, length=len(content), md5=hashlib.md5(content).hexdigest()))
                payload += content
            assert described, "a file that is larger than a block"
            self.request(payload, type="mput", ifExists="replace", files=described)
            outcomes = self.next("outcomes")[0]["outcomes"]
            for file, outcome in zip(described, outcomes, strict=True):
                print(file["path"], outcome.get("code", outcome["type"]))


if __name__ == "__main__":
    host, port, command, *names = sys.argv[1:]
    client = Client(host, int(port))
    if command == "list":
        for entry in client.list(*names):
            print(entry["type"], entry["size"], json.dumps(entry["name"]))
    else:
        getattr(client, command)(*names)
