"""Exports: tables of many patients, read into a cohort and written from one.

Whatever the source, its reader turns it into *flat tables* (:mod:`.flat`): one per event type, every cell still
the text that stood in the file. One builder then reads the cells and places the events in time.
"""
