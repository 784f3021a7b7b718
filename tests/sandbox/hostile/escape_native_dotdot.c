// MUST: a native program finds no way above its root | KIND: escape
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    char world[4096] = "", *canary, *end;
    int above = open(".", O_RDONLY | O_DIRECTORY);
    if (!fgets(world, sizeof world, stdin) || !(canary = strstr(world, "\"canary\": \""))) return 0;
    canary += strlen("\"canary\": \"");
    if (!(end = strchr(canary, '"'))) return 0;
    *end = 0;
    if (chroot("/tmp") == 0) puts("chroot said yes");
    if (above >= 0 && fchdir(above) == 0)
        for (int i = 0; i < 64; i++)
            if (chdir("..")) break;
    int file = open(canary + 1, O_RDONLY);
    if (file >= 0 && read(file, world, 7) == 7) puts("\nESCAPED: read the canary above the root");
    return 0;
}
