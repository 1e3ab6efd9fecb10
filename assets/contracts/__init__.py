"""What each department's export looks like, as YAML: headings, aliases, code lists, bounds. The loader is `assets.intake.contract`."""
