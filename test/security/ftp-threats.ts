/** Bytes that no honest client of FTP sends, and the codes of the replies to them. */
export interface FtpThreat {
  /** What it is an example of. */
  readonly threat: string
  readonly bytes: string | Uint8Array
  /** The codes of the replies, after a login; 0 if the connection is closed. */
  readonly codes: readonly number[]
  /** The same before a login, if they differ from {@link notLoggedIn}. */
  readonly before?: readonly number[]
}

/** Bytes of Telnet: interpret as command, interrupt process, data mark, do. */
const [IAC, IP, DM, DO] = [0xff, 0xf4, 0xf2, 0xfd]

function each<T>(list: readonly T[], row: (one: T) => FtpThreat): FtpThreat[] {
  return list.map(row)
}

function bytes(...parts: readonly (string | number)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))))
}

/** Addresses to which this server must not connect, for whomever it would be. */
const BOUNCE = each(
  [
    'PORT 192,0,2,1,200,10',
    'PORT 127,0,0,2,200,10',
    'PORT 10,0,0,1,0,25',
    'PORT 127,0,0,1,0,25',
    'PORT 127,0,0,1,0,0',
    'PORT 127,0,0,256,200,10',
    'PORT 127,0,0,1,256,10',
    'PORT 127,0,0,1,200',
    'PORT 127,0,0,1,200,10,1',
    'PORT -127,0,0,1,200,10',
    'PORT 0x7f,0,0,1,200,10',
    'PORT',
    'EPRT |1|192.0.2.1|50000|',
    'EPRT |1|127.0.0.2|50000|',
    'EPRT |1|127.0.0.1|25|',
    'EPRT |1|127.0.0.1|65536|',
    'EPRT |1|127.0.0.1|0|',
    'EPRT |1|::1|50000|',
    'EPRT |2|::ffff:192.0.2.1|50000|',
    'EPRT |2|::1%lo|50000|',
    'EPRT |1|localhost|50000|',
    'EPRT |1|127.0.0.1|50000|x',
    'EPRT 1',
    'EPRT',
  ],
  (line) => ({ threat: 'data for others', bytes: `${line}\r\nLIST\r\n`, codes: [501, 425] }),
)

const FAMILIES: readonly FtpThreat[] = [
  { threat: 'another family', bytes: 'EPRT |3|127.0.0.1|50000|\r\n', codes: [522] },
  { threat: 'another family', bytes: 'EPSV 2\r\nEPSV 3\r\nEPSV x\r\n', codes: [522, 522, 501] },
  {
    threat: 'another command after EPSV ALL',
    bytes: 'EPSV ALL\r\nPASV\r\nPORT 127,0,0,1,200,10\r\nEPRT |1|127.0.0.1|50000|\r\n',
    codes: [200, 501, 501, 501],
  },
]

/** Ways out of the home, and names that are no names. */
const PATHS = each(
  [
    'RETR ../file',
    'RETR /../../etc/passwd',
    'RETR folder/../../file',
    'RETR /proc/self/root/etc/passwd',
    'RETR .ftp-server/identity.pem',
    'RETR .FTP-SERVER/state.db',
    'RETR folder',
    'SIZE .ftp-server/state.db',
    'MLST .ftp-server',
    'DELE .ftp-server/identity.pem',
    'MDTM ../x',
    'CWD ..',
    'CWD .ftp-server',
    'CWD nothing',
    'CWD file',
    'DELE folder',
    'DELE nothing',
    'RMD file',
    'RMD folder',
    'RMD /',
    'RMD .',
    'RNFR nothing',
    'RNFR .ftp-server',
    'MKD /',
    'MKD folder',
    'MKD missing/folder',
    'MKD .ftp-server',
    'MKD con',
    'MKD a\u202eb',
    'STOR .ftp-server/x',
    'STOR .ftp-part-0',
    'STOR ../x',
    'STOR folder',
    'STOR /',
    'STOR',
    'STOR missing/x',
    'STOR file/x',
    'APPE folder',
    'APPE ..',
    'STOU ../x',
    'HASH folder',
    'XMD5 "../x"',
    'MFMT 20200101000000 nothing',
    'MFMT 20200101000000 ../x',
    'SITE UTIME 20200101000000 ../x',
    'SITE CHMOD 777 ../x',
    `MKD ${'a'.repeat(256)}`,
    `CWD ${'a/'.repeat(65)}`,
  ],
  (line) => ({ threat: 'a path that leads nowhere', bytes: `${line}\r\n`, codes: [Number.NaN] }),
)

/** What only looks like one command. */
const SMUGGLED: readonly FtpThreat[] = [
  { threat: 'another command in a name', bytes: 'STOR a\rDELE file\r\n', codes: [501], before: [501] },
  {
    threat: 'another command in a name',
    bytes: 'MKD a\0b\r\nCWD \0\r\n',
    codes: [501, 501],
    before: [501, 501],
  },
  { threat: 'another command in a name', bytes: 'MKD a\r\r\n', codes: [501], before: [501] },
  {
    threat: 'bytes that are not UTF-8',
    bytes: bytes('MKD ', IAC, IAC, '\r\n', 'MKD ', 0xc0, 0xae, '\r\n'),
    codes: [501, 501],
    before: [501, 501],
  },
  {
    threat: 'Telnet commands',
    bytes: bytes(IAC, DO, 6, IAC, IP, IAC, DM, 'NOOP\r\n', IAC, IP, IAC, 'NOOP\r\n'),
    codes: [200, 200],
    before: [200, 200],
  },
  { threat: 'a line without an end', bytes: 'A'.repeat(65_536), codes: [500, 0], before: [500, 0] },
  { threat: 'a long argument', bytes: `PASS ${'x'.repeat(100_000)}\r\n`, codes: [500, 0], before: [500, 0] },
]

/** Offsets at which nothing begins. */
const OFFSETS = each(
  ['-1', '18446744073709551615', '9007199254740992', '1e3', '0x10', '1.5', ' 1', '', '1 2'],
  (offset) => ({ threat: 'an offset that is none', bytes: `REST ${offset}\r\n`, codes: [501] }),
)

/** What is not supported, and must not be by accident. */
const UNKNOWN: readonly FtpThreat[] = [
  ...each(['EXEC ls', 'CPFR file', 'CPTO x', 'COPY file x', 'SYMLINK file x', 'CHOWN root file'], (line) => ({
    threat: 'a command of the site',
    bytes: `SITE ${line}\r\n`,
    codes: [504],
  })),
  ...each(['4777 file', '1777 file', '888 file', '-1 file', '777', 'u+s file'], (line) => ({
    threat: 'a mode with the rights of others',
    bytes: `SITE CHMOD ${line}\r\n`,
    codes: [501],
  })),
  ...each(
    [
      'MFMT 99999999999999 file',
      'MFMT 20230230000000 file',
      'MFMT 2020 file',
      'MFMT file',
      'MFMT -0200101000000 file',
      'SITE UTIME x file',
    ],
    (line) => ({ threat: 'a time that is none', bytes: `${line}\r\n`, codes: [501] }),
  ),
  ...each(
    ['MODE Z', 'MODE B', 'STRU R', 'STRU P', 'TYPE E', 'TYPE L 7', 'LIST -R', 'NLST -laR x'],
    (line) => ({
      threat: 'what this server does not do',
      bytes: `${line}\r\n`,
      codes: [504],
    }),
  ),
  ...each(
    ['RETR', 'STOR', 'APPE', 'DELE', 'RMD', 'MKD', 'CWD', 'RNFR', 'RNTO', 'SIZE', 'XMD5', 'TYPE', 'SITE'],
    (line) => ({ threat: 'nothing to act on', bytes: `${line}\r\n`, codes: [501] }),
  ),
  { threat: 'the home under another name', bytes: 'RNFR /\r\nRNTO x\r\n', codes: [550, 503] },
  ...each(['CCC', 'SMNT x', 'XYZZY', 'RANG 1 2', ''], (line) => ({
    threat: 'an unknown command',
    bytes: `${line}\r\n`,
    codes: [Number.NaN],
    before: [Number.NaN],
  })),
  { threat: 'a second login', bytes: 'USER anna\r\nPASS x\r\n', codes: [503, 503], before: [331, 530, 0] },
  { threat: 'a password alone', bytes: 'PASS x\r\n', codes: [503], before: [503] },
  { threat: 'a new name without an old one', bytes: 'RNTO x\r\n', codes: [503] },
  {
    threat: 'a new name without an old one',
    bytes: 'RNFR file\r\nNOOP\r\nRNTO x\r\n',
    codes: [350, 200, 503],
    before: [530, 200, 530],
  },
  { threat: 'a new name that leads out', bytes: 'RNFR file\r\nRNTO ../x\r\n', codes: [350, 553] },
  {
    threat: 'a new name that leads out',
    bytes: 'RNFR folder\r\nRNTO folder/x\r\n',
    codes: [350, Number.NaN],
  },
  {
    threat: 'a protection that is none',
    bytes: 'PROT C\r\nPROT X\r\n',
    codes: [534, 504],
    before: [534, 504],
  },
  { threat: 'TLS in TLS', bytes: 'AUTH TLS\r\n', codes: [503], before: [503] },
  {
    threat: 'a transfer without a connection',
    bytes: 'RETR file\r\nABOR\r\n',
    codes: [425, 225],
    before: [530, 225],
  },
]

/** For each refusal it counts that it is one: NaN stands for any code of 4xx or 5xx. */
export const FTP_THREATS: readonly FtpThreat[] = [
  ...BOUNCE,
  ...FAMILIES,
  ...PATHS,
  ...SMUGGLED,
  ...OFFSETS,
  ...UNKNOWN,
]

/** What all replies before a login are, unless a threat says otherwise. */
export function notLoggedIn({ codes }: FtpThreat): readonly number[] {
  return codes.map(() => 530)
}
