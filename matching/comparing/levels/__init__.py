"""One small file per compared field: two records' integer codes in, the code of a level of `model.yaml` out."""
