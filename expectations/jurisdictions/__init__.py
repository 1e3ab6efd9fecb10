"""The numbers that each place sets, one YAML per place; code must not know any of them."""
