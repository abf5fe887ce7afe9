/** The shells that can be taught. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type ShellName = (typeof SHELLS)[number]

/**
 * For each shell, the lines that make it ask `ftp-client complete` for the completions of a word. No space is
 * added after the name of a directory.
 */
export const SCRIPTS: Readonly<Record<ShellName, string>> = {
  bash: `_ftp_client() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$candidate")
  done < <("$1" complete -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  compopt -o filenames
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]]; then compopt -o nospace; fi
}
complete -F _ftp_client ftp-client
`,
  zsh: `_ftp_client() {
  local -a found
  found=("\${(@f)$($words[1] complete -- "\${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  compadd -S '' -- \${(M)found:#*/}
  compadd -- \${(M)found:#*[^/]}
}
compdef _ftp_client ftp-client
`,
  fish: `complete -c ftp-client -f -a '(ftp-client complete -- (commandline -cp) 2>/dev/null)'
`,
}
