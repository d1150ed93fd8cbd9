"""What every floor may use: errors, files, the identity of code, where results come from."""
