# becomes /bin/true
import os
os.execv('/bin/true', ['true'])
