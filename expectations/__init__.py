"""WHAT MUST HOLD: `suites` within one department's data, `lists` between departments, `jurisdictions` numbers.

Nothing here reads deliveries, links records or writes workbooks.
"""
