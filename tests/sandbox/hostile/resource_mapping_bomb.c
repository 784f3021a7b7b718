// MUST: a native program cannot take more than its memory | KIND: resource
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(void) {
    long total = 0;
    for (int i = 0; i < 96; i++) {
        char *block = mmap(0, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) return 3;
        memset(block, 1, 4 << 20);
        total += 4 << 20;
        if (total > 256L << 20) {
            printf("ESCAPED: holds %ld bytes\n", total);
            return 0;
        }
    }
    return 0;
}
