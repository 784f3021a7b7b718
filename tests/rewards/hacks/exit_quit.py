# quit(0) at import
quit(0)
