// MUST: a native overflow of the stack ends the program only | KIND: crash | ENDS: signal, memory_limit
#include <string.h>

static int deeper(int depth) {
    volatile char room[4096];
    memset((char *)room, depth, sizeof room);
    return deeper(depth + 1) + room[depth & 4095];
}

int main(void) { return deeper(1); }
