"""The command that runs the tiny suite."""


def run_tiny(suites_dir, data, *more):
    return (
        "run",
        "tiny",
        "--profile",
        "smoke",
        "--serial",
        "--suites-dir",
        suites_dir,
        "--data-dir",
        data,
        *more,
    )
