"""Doing what a plan asks for: sessions, workers, the serial executor and Ray's, progress."""
