/** The texts of `ftp-client help <topic>` that are not about a command. */
export const TOPICS: Readonly<Record<string, string>> = {
  paths: `A path on the server starts at your home there. A leading / means your home,
and .. never leads out of it. Patterns such as *.jpg for names on the server
work only in the shell (ftp-client shell).

get writes to the current directory, and put to your home on the server, under
the file's own name, unless you give another target with -o or --to. As with cp,
if the target is an existing directory or ends with a slash, the file is placed
in it; otherwise, the target is the new name. Missing directories are made.

--if-exists decides what happens if the name is taken: replace (the default of
get and put), fail (the default of mv and cp), skip, newer (replace an older
file), different (replace a file with another size or time), or rename (a-1.jpg,
a-2.jpg …).

  ftp-client get photos/a.jpg              ./a.jpg
  ftp-client get photos/a.jpg -o b.jpg     ./b.jpg
  ftp-client put a.jpg --to photos/        photos/a.jpg`,

  resume: `Every block is verified as it arrives, and a file gets its final name only when
it is complete. If the connection is lost, the client reconnects and continues
by itself. After any other interruption, run the same command again: it
continues after the last verified byte. Until then, the bytes are in
<name>.ftp.part here, or hidden on the server (ftp-client uploads lists them).

--retry-for sets how long the client keeps trying (ftp-client help options).

For directories, --if-exists different skips files that are already complete.

  ftp-client get -r project --if-exists different
  ftp-client --retry-for 1h put disk.img`,

  scripts: `--json prints one JSON object per line, and -q only errors. The exit code says
what happened:

  0 done and verified      1 unexpected            2 wrong usage
  3 not found              4 refused               5 exists, changed
  6 connection lost        7 checksum mismatch     8 no space or quota
  130 interrupted; what has arrived is kept

If several things fail, each failure is reported, and the exit code is the
smallest one other than 1.

  ftp-client shell nightly.ftp        stops at the first line that fails
  -rm old.txt                         a line of a script that may fail
  ftp-client shell --keep-going f     runs all lines, and fails if one did`,
}

/** The text of `help trees` that follows the options. */
export const TREES_RULES = `A pattern without / matches names at any depth; a pattern with / matches paths
from the top. A pattern that ends with / matches a directory and everything in
it. All conditions must match. sync --delete keeps whatever is not selected.`
