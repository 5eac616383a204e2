"""Drawings: a layout in numbers, apart from the ink that shows it."""
