// MUST: a native loop with all signals blocked ends at its CPU limit | KIND: time | ENDS: cpu_time_limit
#include <signal.h>

int main(void) {
    sigset_t all;
    volatile unsigned long count = 0;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (;;) count++;
}
