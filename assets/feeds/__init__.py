"""Outgoing feeds: what other systems are given, by configuration, delivery by delivery, each written into the sharing ledger."""
