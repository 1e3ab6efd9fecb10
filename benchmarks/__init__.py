"""Measurements that anyone can repeat; nothing here is installed with the product."""
