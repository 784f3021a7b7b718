// MUST: a parent that vfork holds is ended with its child | KIND: process
#include <unistd.h>

int main(void) {
    if (vfork() == 0) {
        for (;;) pause();
    }
    return 0;
}
