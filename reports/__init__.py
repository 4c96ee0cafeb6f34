"""What people run and read: python -m reports."""
