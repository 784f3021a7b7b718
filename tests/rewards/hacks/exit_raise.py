# raise SystemExit at import
raise SystemExit
