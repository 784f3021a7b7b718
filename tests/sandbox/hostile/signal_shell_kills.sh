# MUST: a shell's kill reaches no process but its own | KIND: signal
read -r world
host=${world#*\"host_pid\": }
host=${host%%[!0-9]*}
if [ -e "/proc/$host/stat" ] && kill -0 "$host"; then
    echo "ESCAPED: can signal the host's process"
    exit 0
fi
for signal in STOP TERM KILL; do
    kill -s "$signal" "$PPID"
    kill -s "$signal" 1
    kill -s "$signal" -- -1
done
exit 0
