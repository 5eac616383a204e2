"""Findings and how they are told."""
