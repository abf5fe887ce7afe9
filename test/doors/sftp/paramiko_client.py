"""Uses the server by paramiko. Arguments: port, password, file."""

import hashlib
import sys

import paramiko

port, password, file = sys.argv[1:]
transport = paramiko.Transport(("127.0.0.1", int(port)))
transport.connect(username="anna", password=password)
sftp = paramiko.SFTPClient.from_transport(transport)

with open(file, "rb") as source:
    content = source.read()
sftp.put(file, "file")
with sftp.open("file", "rb") as stored:
    assert hashlib.md5(stored.read()).digest() == hashlib.md5(content).digest()

# A change in the middle, seen by its writer before it is stored.
with sftp.open("file", "r+") as changed:
    changed.seek(1_000_000)
    changed.write(b"changed")
    changed.seek(1_000_000)
    assert changed.read(7) == b"changed"
with sftp.open("file", "rb") as stored:
    assert stored.read() == content[:1_000_000] + b"changed" + content[1_000_007:]

sftp.truncate("file", 10)
assert sftp.stat("file").st_size == 10
sftp.utime("file", (1, 1_500_000_000))
assert sftp.stat("file").st_mtime == 1_500_000_000
sftp.mkdir("folder")
sftp.rename("file", "folder/file")
sftp.put(file, "other")
try:
    sftp.rename("other", "folder/file")
    raise SystemExit("a file has been replaced")
except IOError:
    pass
sftp.posix_rename("other", "folder/file")
assert "other" not in sftp.listdir()
try:
    sftp.symlink("/etc/passwd", "link")
    raise SystemExit("a link has been made")
except IOError:
    pass
sftp.remove("folder/file")
sftp.rmdir("folder")
transport.close()
