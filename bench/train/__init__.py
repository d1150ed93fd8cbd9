"""The engine: trains one run from a plain specification. Knows no ray, no mlflow, no optuna.

`bench.train.records` is free of torch, so that a driver can read results without loading it.
"""
