/** For each command, what to type and what it does. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [typed: string, does: string])[]>> = {
  get: [
    ['get file.txt', 'into the current directory'],
    ['get a.jpg b.jpg -o ~/Pictures', 'into another directory'],
    ['get -r photos', 'a directory with all in it'],
    ['get -r photos --if-exists different', 'only what is new or changed'],
    ['get backup.tar -o - | tar x', 'into a pipe'],
    ['get --follow build.log -o -', 'and what is appended to it'],
  ],
  put: [
    ['put file.txt', 'into your home on the server'],
    ['put *.jpg --to photos/', 'into another directory'],
    ['put -r project', 'a directory with all in it'],
    ['put report.pdf --if-exists rename', 'beside it, as report-1.pdf'],
    ['tar c src | ftp-client put - --to src.tar', 'from a pipe'],
    ['put --watch drop --to in/', 'what comes into the folder drop'],
  ],
  sync: [
    ['sync photos :photos', 'there as it is here'],
    ['sync :photos photos --delete --dry-run', 'here as there: only tell'],
    ["sync project :project --exclude '*.tmp'", 'without some files'],
  ],
  ls: [
    ['ls', 'your directory on the server'],
    ['ls -r photos', 'a directory with everything below it'],
    ['--json ls', 'for programs'],
  ],
  stat: [['stat disk.img', 'size, time, permission bits, MD5']],
  md5: [['md5 disk.img', 'what md5sum disk.img prints on the server']],
  verify: [
    ['verify *.jpg --to photos/', 'whether these files are the same on the server'],
    ['verify project', 'a directory with everything in it'],
    ['verify --sums MD5SUMS', 'the files of a list that md5sum made'],
  ],
  cat: [['cat notes.txt', 'a file on the screen']],
  mkdir: [['mkdir -p a/b/c', 'a directory and those above it']],
  rm: [
    ['rm old.txt', 'a file'],
    ['rm -r old', 'a directory with everything in it'],
  ],
  mv: [
    ['mv a.txt b.txt', 'another name'],
    ['mv a.txt notes.txt old/', 'into a directory'],
  ],
  du: [['du photos', 'how much a directory takes, with all below it']],
  uploads: [
    ['uploads', 'what interrupted uploads have left on the server'],
    ['uploads rm photos/big.iso', 'removes it; the next put starts again'],
    ['uploads rm 5d41402a', 'the same, by its id'],
    ['uploads rm --all', 'all but those that are being sent now'],
  ],
  login: [
    ['login anna@nas', 'asks for the password, once'],
    ['login anna@nas --as home', 'from then on: ftp-client -s home …'],
    ['login anna@nas --password-stdin < file', 'in a script'],
  ],
  logout: [
    ['logout', 'forgets the last login'],
    ['logout home', 'another one'],
  ],
  whoami: [['whoami', 'also: the rights, the home and the room that is left']],
  passwd: [
    ['passwd', 'asks for the password, and twice for the new one'],
    ['passwd --password-stdin < new', 'in a script; the old one is in FTP_PASSWORD'],
  ],
  discover: [
    ['discover', 'the servers on the local network, their addresses and keys'],
    ['discover --wait 10s', 'listen longer'],
  ],
  shell: [
    ['shell', 'type commands; help, exit, Tab and Ctrl-C do what you expect'],
    ['shell nightly.ftp', 'run the lines of a file, as far as they succeed'],
    ["echo 'put a.txt' | ftp-client shell", 'run lines from a pipe'],
  ],
  completion: [
    ['completion bash >> ~/.bashrc', 'for bash'],
    ['completion zsh >> ~/.zshrc', 'for zsh, behind compinit'],
    ['completion fish > ~/.config/fish/completions/ftp-client.fish', 'for fish'],
  ],
}
