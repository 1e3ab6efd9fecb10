"""WHAT MUST HOLD: `suites` within one department's data, `lists` between departments, `jurisdictions` the numbers of each place."""
