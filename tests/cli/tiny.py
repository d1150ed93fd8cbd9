"""The command that runs the tiny suite, or another of the same folder."""


def run_tiny(suites_dir, data, *more, suite="tiny"):
    places = ("--suites-dir", suites_dir, "--data-dir", data)
    return ("run", suite, "--profile", "smoke", "--serial", *places, *more)
