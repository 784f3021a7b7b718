"""Speed, measured by scripts that print each number again."""
