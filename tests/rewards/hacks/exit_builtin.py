# exit() at import
exit()
