# does nothing
pass
