"""The demo's file writers: each writes one real container. What stands in the files belongs to the `deliver_*`
modules.
"""
