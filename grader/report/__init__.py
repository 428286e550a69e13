"""What people receive: tables, terminal output."""
