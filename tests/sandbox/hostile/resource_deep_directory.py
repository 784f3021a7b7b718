# MUST: a tree that is too deep to walk is wiped or thrown away before the next program | KIND: resource
import os

places = ("/tmp", "/dev/shm", os.getcwd())
for place in places:
    if os.path.exists(f"{place}/deep/deep"):
        print("ESCAPED: the predecessor's tree is still in", place, flush=True)
for place in places:
    try:
        os.chdir(place)
        for _ in range(3000):
            os.mkdir("deep")
            os.chdir("deep")
        with open("bottom", "w") as file:
            file.write("hard to reach")
    except OSError as error:
        print("refused", error.errno)
