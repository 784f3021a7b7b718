// MUST: a native program finds no table without a filter | KIND: syscall
#include <stdio.h>

int main(void) {
#if defined(__x86_64__)
    long made;
    __asm__ volatile("syscall"
                     : "=a"(made)
                     : "a"(0x40000000L + 41), "D"(1L), "S"(1L), "d"(0L)
                     : "rcx", "r11", "memory");
    if (made > 2) printf("ESCAPED: an x32 call made a socket %ld\n", made);
    fflush(stdout);
    int small;
    __asm__ volatile("int $0x80" : "=a"(small) : "a"(359), "b"(1), "c"(1), "d"(0) : "memory");
    if (small > 2) printf("ESCAPED: a 32-bit call made a socket %d\n", small);
#endif
    return 0;
}
