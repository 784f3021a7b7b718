"""What runs around a program: imported by a bare interpreter, so it stays free of costly imports."""
