"""What Python's ftplib can do with the server. Usage: client.py clear|explicit PORT CERTIFICATE USER PASSWORD"""
import ftplib
import hashlib
import io
import os
import ssl
import sys

mode, port, certificate, user, password = sys.argv[1:]
content = os.urandom(3_000_000)
folder = "python-" + mode

if mode == "clear":
    ftp = ftplib.FTP()
else:
    ftp = ftplib.FTP_TLS(context=ssl.create_default_context(cafile=certificate))
ftp.connect("127.0.0.1", int(port), timeout=60)
ftp.login(user, password)
if mode != "clear":
    ftp.prot_p()

assert ftp.pwd() == "/"
assert ftp.mkd(folder) == "/" + folder
ftp.cwd(folder)
assert ftp.pwd() == "/" + folder


def content_of(name, rest=None):
    out = io.BytesIO()
    ftp.retrbinary("RETR " + name, out.write, rest=rest)
    return out.getvalue()


for passive in (True, False):
    ftp.set_pasv(passive)
    assert ftp.storbinary("STOR file", io.BytesIO(content)).startswith("226 ")
    assert content_of("file") == content
    assert content_of("file", 1_048_571) == content[1_048_571:]
ftp.set_pasv(True)
assert ftp.size("file") == len(content)
assert ftp.sendcmd("XMD5 file")[4:] == hashlib.md5(content).hexdigest()
assert ftp.sendcmd("MFMT 20200102030405 file").startswith("213 ")
assert ftp.sendcmd("MDTM file") == "213 20200102030405"
ftp.storbinary("APPE file", io.BytesIO(b"more"))
assert content_of("file") == content + b"more"

lines = []
ftp.storlines("STOR text", io.BytesIO(b"one\ntwo\n"))
ftp.retrlines("RETR text", lines.append)
assert lines == ["one", "two"]

odd = "a; type=dir; 'quoted' \u20ac.txt"
ftp.storbinary("STOR " + odd, io.BytesIO(b""))
assert set(ftp.nlst()) == {"file", "text", odd}
facts = dict(ftp.mlsd())
assert facts[odd]["type"] == "file" and facts[odd]["size"] == "0"
assert facts["file"]["modify"] > "2026"

# Inside TLS, closing a connection is no end of a file.
data = ftp.transfercmd("STOU")
data.close()
try:
    assert ftp.voidresp().startswith("226 ") and mode == "clear"
except ftplib.error_temp:
    assert mode != "clear"

try:
    ftp.retrbinary("RETR nothing", print)
    raise AssertionError("there is no such file")
except ftplib.error_perm as error:
    assert str(error).startswith("550 ")

ftp.rename("text", "moved")
for name in ftp.nlst():
    ftp.delete(name)
ftp.cwd("..")
ftp.rmd(folder)
assert folder not in ftp.nlst()
ftp.quit()
print("all right")
