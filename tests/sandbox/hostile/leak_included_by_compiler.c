// MUST: the compiler reads no file of the host's on a program's behalf | KIND: leak | ENDS: compile_error, nonzero_exit
#include <stdio.h>

__asm__(".data\nstolen:\n.incbin \"/etc/shadow\"\n.byte 0\n");
extern const char stolen[];

int main(void) {
    printf("ESCAPED: %s\n", stolen);
    return 0;
}
