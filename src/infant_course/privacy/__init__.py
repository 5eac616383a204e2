"""What may leave the house: keys, keyed pseudonyms, exports without identifiers."""
