"""What `make run`, `make test`, `make bench` and `make faults` do once wheels are there."""
