"""From a suite to finished runs: plan, tuning, the work still to do, executors and progress."""
