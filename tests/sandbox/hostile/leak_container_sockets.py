# MUST: the socket of no container engine or service can be reached | KIND: leak
import socket

for path in (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/dbus/system_bus_socket",
    "/run/systemd/private",
    "/run/systemd/journal/socket",
    "/dev/log",
):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(socket.AF_UNIX, kind) as reached:
                reached.connect(path)
        except OSError:
            continue
        print("ESCAPED: connected to", path, flush=True)
