"""`python -m bench` is the console script `bench`."""

from bench.cli.main import main

if __name__ == "__main__":
    main()
