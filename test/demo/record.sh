#!/usr/bin/env bash
# Records the picture of the README, docs/demo.svg: a put that is killed, its continuation, and a get.
# Usage: test/demo/record.sh [columns]   Needs tmux. Prints the screens it saw.
set -euo pipefail
cd "$(dirname "$0")/../.."
columns=${1:-88}
root=$PWD
work=$(mktemp -d)
export PATH="$root/node_modules/.bin:$PATH"
socket="demo-$$"
trap 'tmux -L "$socket" kill-server 2>/dev/null || true; kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

mkdir -p "$work/bin" "$work/served" "$work/desk" "$work/screens"
printf '#!/bin/sh\nexec node %s/apps/client/src/main.ts "$@"\n' "$root" > "$work/bin/ftp-client"
chmod +x "$work/bin/ftp-client"
head -c 500000000 /dev/urandom > "$work/desk/holiday.mp4"
node apps/server/src/main.ts "$work/served" --port 0 --host 127.0.0.1 --anonymous write --json > "$work/server.log" 2>&1 &
server=$!
until grep -q listening "$work/server.log" 2>/dev/null; do sleep 0.05; done
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/server.log" | head -1)

cat > "$work/rc" <<RC
export PATH="$work/bin:$PATH" FTP_CLIENT_CONFIG="$work/config" FTP_SERVER=127.0.0.1:$port PS1='\[\e[32m\]\$\[\e[0m\] '
cd "$work/desk"
RC
tmux -L "$socket" -f /dev/null new-session -d -x "$columns" -y 22 "bash --rcfile $work/rc"
keys() { tmux -L "$socket" send-keys "$@"; }
screen() { tmux -L "$socket" capture-pane -p "$@"; }
# Waits until the screen shows a text.
await() { until screen | grep -q -- "$1"; do sleep 0.02; done; }
snapshot() {
  local file
  file="$work/screens/$(printf %02d "$(ls "$work/screens" | wc -l)")"
  screen -e > "$file"
  echo "--- $1"
  screen | sed -e 's/[[:space:]]*$//' | cat -s
}

await '^\$'
keys 'ftp-client put holiday.mp4' Enter
await ' [1-2][0-9]%'
snapshot 'a put'
await ' [3-4][0-9]%'
pkill -9 -f "$root/apps/client/src/main.ts put holiday.mp4"
await '^\$$'
snapshot 'killed with kill -9'
keys 'ftp-client put holiday.mp4' Enter
await 'continuing at'
await ' [7-8][0-9]%'
snapshot 'the same command again'
await 'stored and verified, '
await '^\$$'
keys 'ftp-client get holiday.mp4 -o copy.mp4' Enter
await ' [4-6][0-9]%'
snapshot 'a get'
await 'received and verified, '
await '^\$$'
keys 'md5sum copy.mp4; ftp-client ls' Enter
await 'rw-r--r--.*holiday'
snapshot 'the end'
node test/demo/svg.ts "$columns" "$work"/screens/* > docs/demo.svg
