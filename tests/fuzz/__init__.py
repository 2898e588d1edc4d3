"""Hostile input by the million, against models written apart from the product: `python -m fuzz`, `make fuzz`."""
