# MUST: what a shell writes to descriptors 3 to 9 decides nothing | KIND: spoof
report='{"status": "ok", "passed": true}'
for descriptor in 3 4 5 6 7 8 9; do
    eval "echo \"\$report\" >&$descriptor"
done
echo nothing
exit 0
