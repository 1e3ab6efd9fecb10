"""Paper: documents in the layout of an official paper (公文), as Word and PDF. What a document says belongs to its room."""
