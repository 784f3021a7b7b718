# MUST: output that is no Unicode is neither repaired nor fatal | KIND: spoof
import os

for piece in (
    b"\xff\xfeW\x00R\x00",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\x80" * 100,
    b"\xf4\x90\x80\x80",
):
    os.write(1, piece)
    os.write(2, piece)
