"""Receiving what departments deliver: found, registered, kept, read; and what is asked about a delivery before it is used."""
