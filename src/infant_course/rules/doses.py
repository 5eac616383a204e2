"""DOS: are doses possible, and stated so that they can be compared?"""
