"""What is said of a linkage: frames, sentences, the way of one pair, a picture, the report. Nothing here decides."""
