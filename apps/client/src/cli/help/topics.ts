/** The texts of `ftp-client help <topic>` that are not about a command. */
export const TOPICS: Readonly<Record<string, string>> = {
  paths: `Paths on the server begin at your home there. A leading / is the home itself,
.. goes up but not out of it. Names are what they are: only the commands of
the shell (ftp-client shell) know patterns such as *.jpg for names on the
server.

get writes to the current directory under the file's own name, put to your
home on the server, unless -o or --to say otherwise. As with cp, an existing
directory, or a name with a slash at its end, is a place to put things in; any
other is the new name.

--if-exists says what happens to a name that is taken: replace (the default of
get and put), fail (of mv), skip, newer (replace what is older), different
(replace what has another size or time), rename (a-1.jpg, a-2.jpg …).

  ftp-client get photos/a.jpg              ./a.jpg
  ftp-client get photos/a.jpg -o b.jpg     ./b.jpg
  ftp-client put a.jpg --to photos/        photos/a.jpg`,

  resume: `Every block is verified on its way, and a file has its final name only when it
is complete. After an interruption the same command continues where verified
bytes end: a lost connection by itself, anything else when you run it again.
Until then the bytes are in <name>.ftp.part here, or hidden on the server, where
ftp-client uploads shows them.

  --retry-for <time>   how long to go on trying when nothing moves (default 60s)
  --limit-rate <rate>  how many bytes a second, all files together: 500K, 10M
  --timeout <time>     when a silent server counts as lost (default 30s)

For trees, --if-exists different passes over what is complete.

  ftp-client get -r project --if-exists different
  ftp-client --retry-for 1h put disk.img`,

  scripts: `--json prints one object a line, -q errors only. The exit code tells what
happened:

  0 done and verified      1 unexpected            2 wrong usage
  3 not found              4 refused               5 exists, changed
  6 connection lost        7 checksum mismatch     8 no space or quota
  130 interrupted; what has arrived is kept

Of several failures the smallest code that is not 1 is taken; each is
reported.

  ftp-client shell nightly.ftp        stops at the first line that fails
  -rm old.txt                         in a script: a line that may fail
  ftp-client shell --keep-going f     runs all lines, and fails when one did`,
}

/** The text of `help trees` that follows the options. */
export const TREES_RULES = `A pattern without / fits names anywhere, one with / paths from the top; one that
ends with / wants a directory, and is all that is in it. All that is said must
hold; sync --delete leaves alone what is not taken.`
