"""A suite resolved: its experiments and runs, tuning, data set, pretrained weights, further seeds."""
