"""Runs the functional tests of pyftpdlib (MIT licence) against this server, in place of its own.

Usage: pyftpdlib_suite.py SOURCE clear|tls [TEST...]

SOURCE is the unpacked source of pyftpdlib 1.5.7 to 1.5.10, for example from `apt-get source python-pyftpdlib`: packages of
Debian contain no tests. Python needs psutil. `.ci/run` compares with the server of the package instead
(pyftpdlib.test.ts), because many mirrors have no sources. The exit code is 0 if exactly the tests below fail, each for its
reason.
"""

import ftplib
import json
import os
import ssl
import subprocess
import sys
import tempfile
import unittest
import warnings

WORDING = "it compares the words of a reply, which are ours"
HANDLER = "it looks into the handler of pyftpdlib"
ANEW = "a client that wants to be somebody else connects again"
TOLERANT = "we ignore what follows a command that takes nothing"

NOT_APPLICABLE = {
    "TestCornerCases.test_ioloop_fileno": HANDLER,
    "TestCornerCases.test_port_race_condition": "we connect when the transfer begins, not at PORT",
    "TestCornerCases.test_active_conn_error": "we connect when the transfer begins, not at PORT",
    "TestFtpAbort.test_abor_no_data": WORDING,
    "TestFtpAuthentication.test_anon_auth": ANEW,
    "TestFtpAuthentication.test_auth_failed": WORDING,
    "TestFtpAuthentication.test_max_auth": "a wrong password ends the connection",
    "TestFtpAuthentication.test_rein": ANEW,
    "TestFtpAuthentication.test_rein_during_transfer": ANEW,
    "TestFtpAuthentication.test_user": ANEW,
    "TestFtpAuthentication.test_user_during_transfer": ANEW,
    "TestFtpAuthentication.test_wrong_cmds_order": WORDING,
    "TestFtpCmdsSemantic.test_arg_cmds": WORDING,
    "TestFtpCmdsSemantic.test_auth_cmds": ANEW,
    "TestFtpCmdsSemantic.test_no_arg_cmds": TOLERANT,
    "TestFtpCmdsSemantic.test_no_auth_cmds": ANEW,
    "TestFtpDummyCmds.test_allo": "ALLO announces a size, so it takes a number",
    "TestFtpDummyCmds.test_help": TOLERANT,
    "TestFtpDummyCmds.test_opts_feat": TOLERANT,
    "TestFtpDummyCmds.test_site_help": TOLERANT,
    "TestFtpDummyCmds.test_type": "bytes have eight bits",
    "TestFtpFsOperations.test_cwd": "CWD without a folder is refused",
    "TestFtpFsOperations.test_invalid_mfmt_timeval": WORDING,
    "TestFtpFsOperations.test_mdtm": "MDTM tells the time of folders, too",
    "TestFtpFsOperations.test_missing_mfmt_timeval_arg": WORDING,
    "TestFtpFsOperations.test_rmd": WORDING,
    "TestFtpFsOperations.test_rnfr_rnto": WORDING,
    "TestFtpDummyCmds.test_rest": WORDING,
    "TestFtpFsOperations.test_size": WORDING,
    "TestFtpListingCmds.test_mlsd_all_facts": "other facts",
    "TestFtpListingCmds.test_mlst": "OPTS does not choose facts",
    "TestFtpListingCmds.test_stat": "STAT understands patterns",
    "TestFtpStoreData.test_appe_rest": WORDING,
    "TestFtpStoreData.test_quit_during_transfer": "QUIT waits for the end of the transfer (RFC 959, 4.1.1)",
    "TestFtpStoreData.test_rest_on_stor": "REST continues only an upload that has not been stored",
    "TestFtpStoreData.test_stou": "it agrees on no data connection before STOU",
    "TestFtpStoreData.test_stou_orphaned_file": ANEW,
    "TestFtpStoreData.test_stou_rest": WORDING,
    "TestIPv4Environment.test_eprt": WORDING,
    "TestIPv4Environment.test_eprt_v4": WORDING,
    "TestIPv4Environment.test_port_v4": WORDING,
    "ThreadedFTPTests.test_idle_timeout": HANDLER,
    "ThreadedFTPTests.test_permit_foreign_address_false": HANDLER,
    "ThreadedFTPTests.test_permit_foreign_address_true": HANDLER,
    "ThreadedFTPTests.test_permit_privileged_ports": HANDLER,
    "ThreadedFTPTests.test_sendfile_fails": HANDLER,
    "ThreadedFTPTests.test_stou_max_tries": HANDLER,
    "ThreadedFTPTests.test_tcp_no_delay": HANDLER,
}
# Classes that only look at options, timers and callbacks of pyftpdlib, or repeat others with its own ways to send.
CLASSES_LEFT_OUT = (
    "TestCallbacks",
    "TestConfigurableOptions",
    "TestTimeouts",
    "TestThrottleBandwidth",
    "TestFtpStoreDataNoSendfile",
    "TestFtpStoreDataWithCustomIO",
    "TestFtpRetrieveDataNoSendfile",
    "TestFtpRetrieveDataCustomIO",
    "TestIPv6Environment",
    "TestIPv6MixedEnvironment",
)

source, mode, *wanted = sys.argv[1:]
if mode == "tls":
    NOT_APPLICABLE["TestFtpAbort.test_oob_abor"] = "TLS has no urgent data"
    NOT_APPLICABLE["TestFtpStoreData.test_stor_ascii_2"] = "it does not end TLS, so the file is not complete"
SERVER = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../apps/server/src/main.ts"))
USER, PASSWORD = "user", "long enough 12345"
sys.path.insert(0, os.path.abspath(source))
warnings.simplefilter("ignore")
state = tempfile.mkdtemp()
root = tempfile.mkdtemp()
os.chdir(root)

import pyftpdlib.test  # noqa: E402
from pyftpdlib.test import test_functional as functional  # noqa: E402


def command(*args, text=None):
    subprocess.run(["node", SERVER, *args, "--state", state], input=text, check=True, capture_output=True, text=True)


command("user", "add", USER, "--home", "/", "--password-stdin", text=PASSWORD + "\n")
security = ["--plaintext"] if mode == "clear" else []
options = "--anonymous read --names any --port 0 --host 127.0.0.1 --ftp --ftp-port 0 --json --no-announce --log-level error"
process = subprocess.Popen(
    ["node", SERVER, root, "--state", state, *security, *options.split()], stdout=subprocess.PIPE, text=True
)
doors = json.loads(process.stdout.readline())["doors"]
port = int([door["url"] for door in doors if door["door"] == "ftp"][0].rsplit(":", 1)[1])


class Server:
    """What the tests know of a server: it is the same one for all of them."""

    def __init__(self, _address=None):
        self.host, self.port, self.server = "127.0.0.1", port, object()

    def start(self):
        pass

    def stop(self):
        pass


class SecureClient(ftplib.FTP_TLS):
    def __init__(self, *args, **options):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__(*args, context=context, **options)

    def login(self, *args, **options):
        super().login(*args, **options)
        self.prot_p()


for module in (pyftpdlib.test, functional):
    module.PASSWD, module.HOME, module.HOST = PASSWORD, root, "127.0.0.1"
suite = unittest.TestSuite()
for name, value in vars(functional).items():
    isTest = isinstance(value, type) and issubclass(value, unittest.TestCase) and value.__module__ == functional.__name__
    if not isTest or name in CLASSES_LEFT_OUT:
        continue
    value.server_class = Server
    if mode == "tls":
        value.client_class = SecureClient
    for test in unittest.defaultTestLoader.getTestCaseNames(value):
        if not wanted or any(part in f"{name}.{test}" for part in wanted):
            suite.addTest(value(test))
result = unittest.TextTestRunner(verbosity=1, stream=sys.stdout).run(suite)
process.terminate()
failed = {".".join(case.id().split(".")[-2:]) for case, _ in result.failures + result.errors}
unexpected = sorted(failed - NOT_APPLICABLE.keys())
passed = sorted(NOT_APPLICABLE.keys() - failed) if not wanted else []
print(f"{result.testsRun - len(failed)} of {result.testsRun} pass; {len(failed)} do not apply")
print("fail unexpectedly:", unexpected, "pass unexpectedly:", passed)
sys.exit(1 if unexpected or passed else 0)
