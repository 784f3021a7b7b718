// MUST: a native program reaches no port of the host | KIND: network
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    char world[4096] = "", *port;
    if (!fgets(world, sizeof world, stdin) || !(port = strstr(world, "\"port\": "))) return 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port + 8))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int descriptor = 3; descriptor < 64; descriptor++)
        if (connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0) write(descriptor, "x", 1);
    int made = socket(AF_INET, SOCK_STREAM, 0);
    if (made > 2 && connect(made, (struct sockaddr *)&address, sizeof address) == 0)
        puts("ESCAPED: connected");
    return 0;
}
