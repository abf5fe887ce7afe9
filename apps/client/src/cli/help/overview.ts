/** The output of `ftp-client --help`, which must fit on a screen of 24 lines and 80 columns. */
export const OVERVIEW = `Usage: ftp-client [-s server] <command> [arguments and options]

  get, put, sync       fetch, store: files, or trees with -r; only what differs
  ls, stat, du, cat    look: directories, one file, sizes, contents
  md5, verify          checksums; compare files without moving them
  mkdir, mv, rm        make, move, remove
  uploads              what interrupted uploads have left, and its removal
  login, logout        once, then be logged in; whoami shows as whom
  discover             find servers on the local network
  shell                type commands one after another, or run scripts
  completion           teach your shell to complete commands and names
  help                 about a command or topic, with examples

  -s, --server <[user@]host[:port]>   which server, or the name of a login
  --json                              one JSON object a line
  -q, --quiet, -v, --verbose          nothing but errors; more (-V: the version)

Examples:
  ftp-client put *.jpg --to photos/
  ftp-client get -r photos -o ~/Pictures
After an interruption, run the same command again: it continues.

More: ftp-client help <command>, or: options, trees, paths, resume, scripts
`

/** The output of `help` in the shell. */
export const SHELL_OVERVIEW = `On the server                             Here
  cd [dir], pwd      where you are          lcd [dir], lpwd
  ls, stat, du, md5  look                   lls
  verify             compare with files here
  cat, less          read                   !command  your own shell
  mkdir, mv, rm      change

  get, put           files, or trees with -r
  mget, mput         the same. Patterns such as *.jpg fit names in all commands;
                     "quotes" and \\ keep characters as they are
  get big.iso &      in the background: jobs, wait [n], stop [n]
  exit               leave, as Ctrl-D does; Ctrl-C ends what runs

More: help <command>, or a topic: options, trees, paths, resume, scripts
`
