/** For each command, what to type and what it does. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [typed: string, does: string])[]>> = {
  get: [
    ['get file.txt', 'into the current directory'],
    ['get a.jpg b.jpg -o ~/Pictures', 'into another directory'],
    ['get -r photos', 'a directory, with its contents'],
    ['get -r photos --if-exists different', 'only what is new or changed'],
    ['get backup.tar -o - | tar x', 'into a pipe'],
    ['get --follow build.log -o -', 'like tail -f'],
  ],
  put: [
    ['put file.txt', 'into your home on the server'],
    ['put *.jpg --to photos/', 'into another directory'],
    ['put -r project', 'a directory, with its contents'],
    ['put report.pdf --if-exists rename', 'keep both, as report-1.pdf'],
    ['tar c src | ftp-client put - --to src.tar', 'from a pipe'],
    ['put --watch drop --to in/', 'store files as they come in'],
  ],
  sync: [
    ['sync photos :photos', 'upload what differs'],
    ['sync :photos photos --delete --dry-run', 'show what would change'],
    ["sync project :project --exclude '*.tmp'", 'leave out some files'],
  ],
  ls: [
    ['ls', 'your directory on the server'],
    ['ls -r photos', 'a directory and everything below it'],
    ['ls -t photos', 'newest first; -l, -a, -h change nothing'],
    ['--json ls', 'as JSON, for programs'],
  ],
  stat: [['stat disk.img', 'its size, time, permission bits and MD5']],
  md5: [['md5 disk.img', 'the line that md5sum disk.img would print']],
  verify: [
    ['verify *.jpg --to photos/', 'compare with photos/ on the server'],
    ['verify project', 'compare a directory, with its contents'],
    ['verify --sums MD5SUMS', 'check the files of an md5sum list'],
  ],
  cat: [['cat notes.txt', 'show a file on the screen']],
  mkdir: [['mkdir -p a/b/c', 'a directory and its parents']],
  rm: [
    ['rm old.txt', 'a file'],
    ['rm -r old', 'a directory and everything in it'],
  ],
  mv: [
    ['mv a.txt b.txt', 'rename a file'],
    ['mv a.txt notes.txt old/', 'move files into a directory'],
  ],
  cp: [
    ['cp a.txt b.txt', 'make a second copy without uploading it'],
    ['cp -r photos backup/', 'copy a directory into another one'],
  ],
  du: [['du photos', 'how much space a directory takes, with its contents']],
  uploads: [
    ['uploads', 'list unfinished uploads'],
    ['uploads rm photos/big.iso', 'remove it; the next put starts over'],
    ['uploads rm 5d41402a', 'the same, by id'],
    ['uploads rm --all', 'all except those that are running'],
  ],
  share: [
    ['share photos', 'a link to read a directory'],
    ['share report.pdf --expires 7d --uses 3', 'a week, three times'],
    ['share inbox --upload --password', 'people can only add files, and need a password'],
    ['share list', 'list your links'],
    ['share remove 3f9a2b71c0', 'remove a link'],
  ],
  token: [
    ['token add backup', 'prints the token'],
    ['token add phone --permissions list,read', 'for reading only'],
    ['token add guest --expires 90d', 'for 90 days'],
    ['token list', 'list your tokens'],
    ['token remove phone', 'remove a token'],
  ],
  login: [
    ['login anna@nas', 'asks for your password'],
    ['login anna@nas --as home', 'call it home (-s home)'],
    ['login anna@nas --password-stdin < file', 'in a script'],
  ],
  logout: [
    ['logout', 'forget the last login'],
    ['logout home', 'forget the login named home'],
  ],
  whoami: [['whoami', 'your account, rights, home and free space']],
  passwd: [
    ['passwd', 'asks for the old and new password'],
    ['passwd --password-stdin < new', 'the old one is in FTP_PASSWORD'],
  ],
  discover: [
    ['discover', 'list servers with their addresses and keys'],
    ['discover --wait 10s', 'listen longer'],
  ],
  shell: [
    ['shell', 'type commands; exit leaves'],
    ['shell nightly.ftp', 'stops at the first line that fails'],
    ["echo 'put a.txt' | ftp-client shell", 'run lines from a pipe'],
  ],
  completion: [
    ['completion bash >> ~/.bashrc', 'for bash'],
    ['completion zsh >> ~/.zshrc', 'for zsh, after compinit'],
    ['completion fish > ~/.config/fish/completions/ftp-client.fish', 'for fish'],
  ],
}
