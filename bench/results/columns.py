"""Columns that tables of results files begin with, whatever run comes first."""

RUN = ("experiment", "seed", "budget", "key", "status", "epochs", "environment", "test_images")
RIGHT = ("experiment", "seed", "images", "right")
MEASURE = ("experiment", "seed", "budget", "metric", "at", "value")
CURVE = (
    "experiment",
    "seed",
    "epoch",
    "lr",
    "train_loss",
    "train_error",
    "validation_loss",
    "validation_error",
)
