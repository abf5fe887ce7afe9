/** The output of `ftp-client --help`, which must fit on a screen of 24 lines and 80 columns. */
export const OVERVIEW = `Usage: ftp-client [-s server] <command> [arguments and options]

  get, put, sync       fetch; store; make one directory like another
  ls, stat, du, cat    list a directory; show details, space, contents
  md5, verify          print checksums; compare without transferring
  mkdir, mv, cp, rm    create, move, copy, remove
  uploads              list or remove what interrupted uploads have left
  share, token         links for people without an account, tokens for programs
  login, logout        log in, log out; your account: whoami, passwd
  discover             find servers on the local network
  shell, completion    type or run commands; complete them in your own shell
  help                 explain a command or a topic, with examples

  -s, --server <[user@]host[:port]>   the server, or the name of a login
  --json                              print one JSON object per line
  -q, --quiet; -v, --verbose          only errors, or more (-V: the version)

Examples:
  ftp-client put *.jpg --to photos/
  ftp-client get -r photos -o ~/Pictures
After an interruption, run the same command again to continue.

More: ftp-client help <command>, or: options, trees, paths, resume, scripts
`

/** The output of `help` in the shell. */
export const SHELL_OVERVIEW = `On the server                             Here
  cd [dir], pwd      where you are          lcd [dir], lpwd
  ls, stat, du, md5  look                   lls
  verify             compare with files here
  cat, less          read                   !command  your own shell
  mkdir, mv, cp, rm  change

  get, put           files; with -r, directories too (mget, mput: the same)
  *.jpg              patterns work in all commands; "quotes" and \\ turn them off
  get big.iso &      in the background; see jobs, wait [n], stop [n]
  exit               leave, as Ctrl-D does; Ctrl-C stops the running command

More: help <command>, or a topic: options, trees, paths, resume, scripts
`
