# MUST: jobs that a shell leaves behind hold nobody up | KIND: process | ENDS: ok, nonzero_exit, signal
sleep 60 &
(trap '' HUP; sleep 60) &
setsid sleep 60 &
echo left
