"""From a department's file as it came to our fields and codes: layout, contract, standardising, quarantine."""
