# MUST: a shell can read no file of the host's | KIND: leak
read -r world
canary=${world#*\"canary\": \"}
canary=${canary%%\"*}
for path in "$canary" /etc/shadow /root/.bashrc /proc/1/environ /proc/1/maps /proc/kcore; do
    line=
    read -r line < "$path"
    if [ -n "$line" ]; then
        echo "ESCAPED: read $path"
    fi
done
exit 0
