"""Tidy results files: written from what the store has of a plan, and read by reports."""
