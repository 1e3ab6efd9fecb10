"""One list, one pure function over child files; parameters come from the jurisdiction."""
