# MUST: a shell's redirections write nothing outside | KIND: escape
read -r world
canary=${world#*\"canary\": \"}
canary=${canary%%\"*}
marker=${world#*\"marker\": \"}
marker=${marker%%\"*}
true > "$marker"
true > "$canary"
for path in /etc/passwd /etc/ld.so.preload /usr/lib/hostile /proc/sys/kernel/core_pattern; do
    if true >> "$path"; then
        echo "ESCAPED: opened for writing $path"
    fi
done
exit 0
