/** A command, or one that moves data, with the data to send or a way to read what comes. */
export type Step =
  | string
  | { readonly command: string; readonly data: string }
  | { readonly command: string; readonly read?: (content: string) => string }

/** A reply that is another one here, and why. */
export interface Difference {
  readonly command: string
  readonly ours: string
  readonly theirs: string
  readonly because: string
}

interface Dialogue {
  /** Whether it begins before the login. */
  readonly isOut?: boolean
  readonly steps: readonly Step[]
  readonly differences?: readonly Difference[]
}

const differs = (command: string, ours: string, theirs: string, because: string): Difference => ({
  command,
  ours,
  theirs,
  because,
})
const ANEW = 'whoever wants to be somebody else connects again'
const UNKNOWN = 'RFC 959 has 504 for a parameter that is not known'

/** Commands, separated by semicolons. */
const each = (commands: string): Step[] => commands.split('; ')
const get = (command: string, read?: (content: string) => string): Step => ({
  command,
  ...(read && { read }),
})
const put = (command: string, data: string): Step => ({ command, data })

/** The names in a listing, in an order of their own. */
const names = (content: string): string => content.split('\r\n').filter(Boolean).sort().join(' ')
/** The names and sizes in a listing for people. */
const columns = (content: string): string =>
  names(
    content.replaceAll(/^(.).{9} +\d+ +\S+ +\S+ +(\d+) +\S+ +\S+ +\S+ (.*)\r$/gm, (_, type, size, name) =>
      type === 'd' ? `${name}/\r` : `${name}:${size}\r`,
    ),
  )
/** The facts that every server has: type, size of files, time. */
const facts = (content: string): string =>
  names(
    content.replaceAll(/^(\S*) (.*)\r$/gm, (_, list: string, name: string) => {
      const fact = (key: string) => new RegExp(`(?:^|;)${key}=([^;]*);`, 'i').exec(list)?.[1]
      const type = fact('type')
      return `${name}:${type}:${type === 'file' ? fact('size') : ''}:${fact('modify')}\r`
    }),
  )

/** What clients say to a server, by its subject. */
export const DIALOGUES: Readonly<Record<string, Dialogue>> = {
  'before the login': {
    isOut: true,
    steps: each(
      'FEAT; HELP; NOOP; SYST; PWD; CWD folder; SIZE file; PASV; PASS x; USER anna; PWD; PASS wrong',
    ),
  },
  'another user': {
    steps: each('USER anna; PASS x; PWD'),
    differences: [
      differs('USER anna', '503', '331', ANEW),
      differs('PASS x', '503', '530', ANEW),
      differs('PWD', '257 /', '530', ANEW),
    ],
  },
  settings: {
    steps: [
      ...each('TYPE A; TYPE I; TYPE L 8; TYPE L7; TYPE x; TYPE'),
      ...each('STRU F; STRU R; STRU P; STRU x; MODE S; MODE B; MODE C; MODE x'),
      ...each('NOOP; SYST; ALLO 10; ALLO x; ALLO; HELP; HELP RETR; HELP x; SITE; SITE x; SITE HELP'),
      ...each('FEAT; OPTS UTF8 ON; OPTS x; OPTS; STAT; ACCT x; XYZZY; ABOR; noop; REIN'),
    ],
    differences: [
      differs('TYPE L7', '504', '200', 'bytes have eight bits'),
      differs('STRU x', '504', '501', UNKNOWN),
      differs('MODE x', '504', '501', UNKNOWN),
      differs('ALLO 10', '200', '202', 'the size counts: a shorter upload is not stored'),
      differs('ALLO x', '501', '202', 'the size counts'),
      differs('HELP x', '214', '501', 'there is one text for everything'),
      differs('SITE x', '504', '500', UNKNOWN),
      differs('OPTS UTF8 ON', '200', '501', 'FileZilla and lftp send it'),
      differs('ACCT x', '202', '500', 'RFC 959 has 202 for it'),
      differs('REIN', '502', '230', ANEW),
    ],
  },
  offsets: {
    steps: each('TYPE I; REST 0; REST 10; REST; REST x; REST -1; REST 1.5; TYPE A; REST 10'),
  },
  folders: {
    steps: [
      ...each('PWD; CWD folder; PWD; CWD inner; PWD; CDUP; PWD; CDUP; CDUP; PWD'),
      ...each('CWD nothing; CWD file; CWD /folder/inner; PWD; CWD ..; PWD; CWD /; CWD'),
      ...each(
        'MKD new; MKD new; MKD folder/new; MKD nothing/new; RMD new; RMD new; RMD file; RMD folder; RMD /',
      ),
      ...each('XMKD old; XCWD old; XPWD; XCUP; XRMD old; XPWD; MKD "quoted"; RMD "quoted"'),
    ],
    differences: [
      differs(
        'CWD',
        '501',
        '250',
        'without a folder, it is more likely a fault of the client than a wish to go home',
      ),
    ],
  },
  names: {
    steps: [
      ...each('RNFR file; RNTO moved; RNFR file; RNTO x; RNFR moved; RNTO file; RNFR file; RNTO text'),
      ...each('RNFR folder; RNTO directory; RNFR /; RNTO x; RNFR text; RNTO /'),
      ...each('DELE text; DELE text; DELE directory; DELE; RNFR; RNTO; RNFR directory; NOOP; RNTO /'),
    ],
    differences: [differs('RNTO /', '503', '550', 'RNTO has to follow RNFR immediately (RFC 959)')],
  },
  facts: {
    steps: [
      ...each('TYPE I; SIZE file; SIZE folder; SIZE nothing; TYPE A; SIZE file; TYPE I'),
      ...each('MDTM file; MDTM folder; MDTM nothing; MFMT 20200102030405 file; MDTM file'),
      ...each('MFMT file; MFMT 20200102 file; MFMT 2020010203040x file; MFMT 20200102030405 nothing'),
      ...each(
        'SITE CHMOD 600 file; SITE CHMOD 778 file; SITE CHMOD x file; SITE CHMOD 600; SITE CHMOD 600 nothing',
      ),
    ],
    differences: [
      differs('MDTM folder', '213 20200913122640', '550', 'the time of a folder is known, too'),
      differs('MFMT 20200102 file', '501', '550', 'the argument is wrong, not the file'),
      differs('MFMT 2020010203040x file', '501', '550', 'the argument is wrong, not the file'),
    ],
  },
  'data connections': {
    steps: [
      ...each('PASV; EPSV; EPSV 1; EPSV 2; EPSV x; PORT 127,0,0,1,0,21; PORT 127,0,0,1,1; PORT x; PORT'),
      ...each(
        'PORT 127,0,0,256,200,1; PORT 192,0,2,1,200,1; EPRT |3|127.0.0.1|50000|; EPRT |1|127.0.0.1|; EPRT',
      ),
      ...each(
        'EPRT |1|127.0.0.1|21|; EPRT |1|192.0.2.1|50000|; EPSV ALL; PASV; PORT 127,0,0,1,200,1; EPRT |1|127.0.0.1|50000|',
      ),
    ],
    differences: [
      differs('EPRT |3|127.0.0.1|50000|', '522', '501', 'RFC 2428 has 522 for it'),
      differs('EPSV ALL', '200', '220', 'RFC 2428 has no other code; 220 is the greeting'),
    ],
  },
  retrieving: {
    steps: [
      'TYPE I',
      get('RETR file'),
      'REST 3',
      get('RETR file'),
      get('RETR file'),
      'REST 10',
      get('RETR file'),
      'REST 11',
      get('RETR file'),
      get('RETR nothing'),
      get('RETR folder'),
      get('RETR folder/inner/file'),
      'RETR',
      'TYPE A',
      get('RETR text'),
    ],
  },
  storing: {
    steps: [
      'TYPE I',
      put('STOR new', 'new'),
      get('RETR new'),
      put('STOR file', 'other'),
      put('APPE file', ' more'),
      get('RETR file'),
      put('APPE added', 'added'),
      put('STOR empty', ''),
      put('STOR folder', 'x'),
      put('STOR nothing/x', 'x'),
      put('APPE folder', 'x'),
      'REST 2',
      put('STOR file', 'XX'),
      put('STOR file', 'again'),
      'STOR',
      'APPE',
      'TYPE A',
      put('STOR lines', 'one\r\ntwo\r\n'),
      'TYPE I',
      get('RETR lines'),
    ],
    differences: [
      differs('STOR file', '554', '226', 'REST continues only an upload that has not been stored'),
    ],
  },
  listings: {
    steps: [
      get('NLST', names),
      get('NLST folder', names),
      get('NLST nothing', names),
      get('NLST file', names),
      get('LIST', columns),
      get('LIST -la', columns),
      get('LIST folder', columns),
      get('LIST file', columns),
      get('LIST nothing', columns),
      get('MLSD', facts),
      get('MLSD folder', facts),
      get('MLSD file', facts),
      get('MLSD nothing', facts),
      'MLST file',
      'MLST',
      'MLST nothing',
      'STAT file',
      'STAT nothing',
    ],
    differences: [differs('MLSD nothing', '550', '501', 'there is no such folder; 501 is for files')],
  },
}
