"""Readers of cards and codes: devices like printers, each with a worker; nothing that is read is ever stored."""
