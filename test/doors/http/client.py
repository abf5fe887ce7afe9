"""What Python's own modules get from the server, without any other package.

Usage: client.py PORT CERTIFICATE USER:PASSWORD, with what is to be found on standard input as JSON.
"""

import base64
import hashlib
import http.client
import io
import json
import ssl
import sys
import urllib.error
import urllib.request
import zipfile

port, certificate, login = int(sys.argv[1]), sys.argv[2], sys.argv[3]
files = json.load(sys.stdin)
context = ssl.create_default_context(cafile=certificate)
auth = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}
connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=120, context=context)


def ask(method, path, body=None, headers=None, **options):
    """One request on the one connection. Returns the response, and its body."""
    connection.request(method, path, body, {**auth, **(headers or {})}, **options)
    response = connection.getresponse()
    return response, response.read()


def check(condition, what):
    if not condition:
        sys.exit(f"wrong: {what}")


# A file, several times on one connection.
content = bytes(range(256)) * 9000
response, _ = ask("PUT", "/files/python", content)
check(response.status == 201, f"PUT answers {response.status}")
socket = connection.sock
response, body = ask("HEAD", "/files/python")
check(body == b"" and response.getheader("Content-Length") == str(len(content)), "HEAD has the length and no body")
response, body = ask("GET", "/files/python", headers={"Want-Repr-Digest": "md5=1"})
check(body == content and response.getheader("Content-Length") == str(len(body)), "GET has the bytes and their number")
digest = base64.b64encode(hashlib.md5(content).digest()).decode()
check(response.getheader("Repr-Digest") == f"md5=:{digest}:", "the digest is that of hashlib")
response, body = ask("GET", "/files/python", headers={"Range": "bytes=1000-1999"})
check(response.status == 206 and body == content[1000:2000], "a range")
check(connection.sock is socket, "one connection is enough")

# A body whose length is not known.
pieces = (content[at : at + 10_000] for at in range(0, len(content), 10_000))
response, _ = ask("PUT", "/files/chunked", pieces, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
check(response.status == 201, f"a PUT in chunks answers {response.status}")
response, body = ask("GET", "/files/chunked")
check(body == content, "what was sent in chunks")

# A folder as a zip archive.
response, body = ask("GET", "/files/odd/?zip")
check(response.status == 200, f"?zip answers {response.status}")
check(response.getheader("Content-Length") == str(len(body)), "the length of the archive is exact")
with zipfile.ZipFile(io.BytesIO(body)) as archive:
    check(archive.testzip() is None, "each entry has its checksum")
    found = {name: archive.read(name).decode() for name in archive.namelist() if not name.endswith("/")}
check(found == files, f"the archive has {json.dumps(found)}")

# What urllib makes of refusals.
try:
    urllib.request.urlopen(f"https://127.0.0.1:{port}/files/", context=context)
    check(False, "nobody comes in without a login")
except urllib.error.HTTPError as error:
    check(error.code == 401 and json.load(error)["code"] == "login", "a refusal says why")
print("all right")
