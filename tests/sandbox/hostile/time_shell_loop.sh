# MUST: a loop in the shell ends at its CPU limit | KIND: time | ENDS: cpu_time_limit
trap '' HUP INT TERM XCPU
while :; do :; done
