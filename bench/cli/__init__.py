"""The command line: thin commands, whose work Python code can ask for too."""
