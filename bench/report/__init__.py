"""Reports: pure functions of results files. Same files, same bytes."""
