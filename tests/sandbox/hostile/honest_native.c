// MUST: a plain native program works | KIND: honest | ENDS: ok
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *left, const void *right) { return *(const int *)left - *(const int *)right; }

int main(void) {
    static int numbers[100000];
    char world[65536] = "";
    if (!fgets(world, sizeof world, stdin) || world[0] != '{') return 1;
    for (int i = 0; i < 100000; i++) numbers[i] = (int)((i * 7919L) % 100003);
    qsort(numbers, 100000, sizeof *numbers, ascending);
    for (int i = 1; i < 100000; i++)
        if (numbers[i] < numbers[i - 1]) return 1;
    char *block = calloc(1 << 20, 1);
    if (!block || strlen(block)) return 1;
    puts("HONEST OK");
    free(block);
    return 0;
}
