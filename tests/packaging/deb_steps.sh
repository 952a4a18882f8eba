#!/bin/sh
# What deb_test.ts has a clean Debian do with the packages /root/1.deb and /root/2.deb: `booted`, by systemd, or
# `plain`, by hand in a chroot. Each step prints its name, then what it found; the test judges.

exec 2>&1
mode=$1
export DEBIAN_FRONTEND=noninteractive NO_COLOR=1 PATH=/usr/sbin:/usr/bin:/sbin:/bin
step() {
  printf '\n== %s\n' "$1"
  echo "$(date +%s) $1" >> /root/times
}
as_node() { runuser -u gossamer -- gossamer --data-dir /var/lib/gossamer "$@"; }
alone='--no-lan --no-mdns --no-port-mapping --bind 127.0.0.1'
options() { printf 'GOSSAMER_OPTIONS="%s"\n' "$1" > /etc/default/gossamer; }
# A command beside a node that starts would have the folder in its place: it is asked once its socket is there.
up() {
  n=0
  until [ -S /var/lib/gossamer/node.sock ] || [ "$n" = 60 ]; do
    n=$((n + 1))
    sleep 0.5
  done
  n=0
  # It has given up its rights once all is open.
  until as_node status --json 2> /dev/null | grep -q '"write":"denied"' || [ "$n" = 40 ]; do
    n=$((n + 1))
    sleep 0.5
  done
}
# shellcheck disable=SC2120 # It sets arguments of its own.
start_node() {
  if [ "$mode" = booted ]; then
    systemctl restart gossamer
  else
    # What the unit runs, as whom, and with which variables.
    command=$(sed -n 's/^ExecStart=//p' /usr/lib/systemd/system/gossamer.service)
    # shellcheck source=/dev/null
    . /etc/default/gossamer
    # shellcheck disable=SC2086 # The command and its options are words.
    eval "set -- $command"
    runuser -u gossamer -- env GOSSAMER_DATA_DIR=/var/lib/gossamer "$@" > /root/node.log 2>&1 &
    node=$!
  fi
  up
}
stop_node() {
  if [ "$mode" = booted ]; then
    systemctl stop gossamer
  else
    # runuser passes the signal on.
    kill "$node"
    wait "$node"
  fi
}
ip link set lo up

step install
dpkg -i /root/1.deb
step account
getent passwd gossamer | cut -d: -f1,6,7
stat -c '%U %a' /var/lib/gossamer
step files
for file in /usr/share/man/man1/gossamer.1.gz /usr/share/bash-completion/completions/gossamer \
  /usr/share/applications/gossamer-g.desktop /usr/share/doc/gossamer/THIRD_PARTY_LICENSES.gz; do
  [ -s "$file" ] && echo "$file"
done
find /usr/lib/gossamer /usr/bin/gossamer -newer /root/1.deb -type f | head
dpkg --verify gossamer
step idle
if [ "$mode" = booted ]; then
  systemctl is-active gossamer
  systemctl is-enabled gossamer
  systemd-analyze verify --man=no /usr/lib/systemd/system/gossamer.service
fi
step start
options "$alone --eager"
start_node
as_node status --json
step process
if [ "$mode" = booted ]; then
  pid=$(systemctl show -p MainPID --value gossamer)
  grep -E '^(Uid|NoNewPrivs|CapBnd|CapEff|Seccomp|VmLck):' "/proc/$pid/status"
  grep 'core file' "/proc/$pid/limits"
  nsenter -t "$pid" -m findmnt -no TARGET,OPTIONS / | cut -d, -f1
  nsenter -t "$pid" -m ls -A /home /root /tmp 2>&1 | tr '\n' ' '
fi
step speak
install -m 600 -o gossamer /dev/null /var/lib/passphrase
echo 'seven words of one person alone here now' > /var/lib/passphrase
as_node identity create --no-recovery --passphrase-file /var/lib/passphrase > /dev/null
as_node post 'From the package' --json
as_node timeline --json
step read
mkdir -m 700 /root/second
# shellcheck disable=SC2086 # Options are words.
gossamer --data-dir /root/second node --port 0 $alone --join 'g:?a=127.0.0.1:14677&n=main' > /root/second.log 2>&1 &
second=$!
n=0
until grep -q Listening /root/second.log || [ "$n" = 40 ]; do
  n=$((n + 1))
  sleep 0.5
done
n=0
until gossamer --data-dir /root/second timeline --all --json 2> /dev/null | grep 'From the package' ||
  [ "$n" = 30 ]; do
  n=$((n + 1))
  sleep 1
done
kill "$second"
wait "$second"
if [ "$mode" = booted ]; then
  step credential
  install -d -m 700 /etc/credstore
  install -m 600 /var/lib/passphrase /etc/credstore/gossamer-passphrase
  options "$alone --eager --unlock"
  start_node
  as_node status --json
fi
rm /var/lib/passphrase
step upgrade
before=$(systemctl show -p MainPID --value gossamer 2> /dev/null)
dpkg -i /root/2.deb
if [ "$mode" = plain ]; then
  stop_node
  start_node
fi
up
dpkg-query -W -f '${Version}\n' gossamer
as_node status --json
[ "$mode" = plain ] || [ "$before" != "$(systemctl show -p MainPID --value gossamer)" ] || echo "not restarted"
as_node timeline --all --json
cat /etc/default/gossamer
if [ "$mode" = booted ]; then
  step killed
  systemctl kill -s KILL gossamer
  sleep 1
  systemctl show -p SubState --value gossamer
  step stopped
  rm -f /var/lib/gossamer/node.sock
  systemctl restart gossamer
  up
  systemctl stop gossamer
  systemctl show -p Result --value gossamer
  step refused
  options --porrt
  systemctl start gossamer
  sleep 2
  systemctl show -p ActiveState -p ExecMainStatus -p NRestarts gossamer
  step user
  useradd -m ada
  systemctl start user@1000.service
  user() { runuser -u ada -- env XDG_RUNTIME_DIR=/run/user/1000 "$@"; }
  mkdir -p /home/ada/.config/gossamer
  echo "GOSSAMER_OPTIONS=\"$alone\"" > /home/ada/.config/gossamer/options
  user systemctl --user start gossamer
  n=0
  sleep 3
  until user gossamer status --json | grep '"running":true' || [ "$n" = 20 ]; do
    n=$((n + 1))
    sleep 0.5
  done
  pid=$(user systemctl --user show -p MainPID --value gossamer)
  grep -E '^(Uid|NoNewPrivs|Seccomp):' "/proc/$pid/status"
  user systemctl --user stop gossamer
  journalctl --no-pager -o cat _SYSTEMD_USER_UNIT=gossamer.service | tail -n 3
else
  stop_node
fi
step remove
dpkg --remove gossamer
ls -d /usr/bin/gossamer /usr/lib/gossamer
find /usr/lib/gossamer 2> /dev/null | head -n 5
find /var/lib/gossamer -type f -printf '%f\n' | sort | tr '\n' ' '
step purge
dpkg --purge gossamer
find /var/lib/gossamer -type f -printf '%f\n' | sort | tr '\n' ' '
ls /etc/default/gossamer
step obliterate
dpkg -i /root/2.deb > /dev/null
echo 'seven words of one person alone here now' > /tmp/passphrase
chown gossamer /tmp/passphrase
as_node obliterate --everything --yes --passphrase-file /tmp/passphrase > /dev/null
dpkg --purge gossamer
ls -d /var/lib/gossamer
step end
