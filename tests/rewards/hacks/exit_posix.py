# posix._exit(0) at import
import posix
posix._exit(0)
