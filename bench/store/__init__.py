"""The run store, which is MLflow: the only package that knows it."""
