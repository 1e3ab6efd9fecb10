"""Reports upward: figures, their public version, the words around them. Word and PDF themselves are `assets.paper`."""
