#!/usr/bin/env bash
# Records the terminal session of the README: a put that is killed, its continuation, and a get.
# Usage: test/demo/record.sh [columns]   Needs tmux. Prints the screens it saw.
set -euo pipefail
cd "$(dirname "$0")/../.."
columns=${1:-92}
root=$PWD
work=$(mktemp -d)
export PATH="$root/node_modules/.bin:$PATH" FTP_CLIENT_CONFIG="$work/config"
trap 'tmux -L demo kill-server 2>/dev/null || true; kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

mkdir -p "$work/bin" "$work/served" "$work/desk"
printf '#!/bin/sh\nexec node %s/apps/client/src/main.ts "$@"\n' "$root" > "$work/bin/ftp-client"
chmod +x "$work/bin/ftp-client"
head -c 800000000 /dev/urandom > "$work/desk/holiday.mp4"
node apps/server/src/main.ts "$work/served" --port 0 --anonymous write --json > "$work/server.log" &
server=$!
until grep -q listening "$work/server.log" 2>/dev/null; do :; done
port=$(sed -n 's/.*"port":\([0-9]*\).*/\1/p' "$work/server.log")

cat > "$work/rc" <<RC
export PATH="$work/bin:$PATH" FTP_CLIENT_CONFIG="$work/config" FTP_SERVER=127.0.0.1:$port PS1='\$ '
cd "$work/desk"
RC
tmux -L demo new-session -d -x "$columns" -y 26 "bash --rcfile $work/rc"
keys() { tmux -L demo send-keys "$@"; }
screen() { tmux -L demo capture-pane -p; }
# Waits until the screen shows a text.
await() { until screen | grep -q -- "$1"; do sleep 0.03; done; }
snapshot() { echo "--- $1"; screen | sed -e 's/[[:space:]]*$//' | sed -e '/./,$!d' | awk 'NF{for(;n>0;n--)print "";print;next}{n++}'; }

await '^\$'
keys 'ftp-client put holiday.mp4' Enter
await '3[0-9]%'
pkill -9 -f "$root/apps/client/src/main.ts put holiday.mp4"
await '^\$$'
snapshot 'a put, killed with kill -9'
keys 'ftp-client put holiday.mp4' Enter
await 'continuing at'
await '[6-9][0-9]%'
snapshot 'the same command again'
await 'stored and verified, '
await '^\$$'
keys 'ftp-client get holiday.mp4 -o copy.mp4' Enter
await '[4-6][0-9]%'
snapshot 'a get'
await 'received and verified, '
await '^\$$'
keys 'md5sum copy.mp4; ftp-client ls' Enter
await 'rw-r--r--.*holiday'
snapshot 'the end'
