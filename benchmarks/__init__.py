"""What is measured: ``python -m benchmarks`` (or ``make bench``) prints it as ratios.

``python -m benchmarks.faults`` plants registry errors in clean histories and prints which of them the rules notice.
"""
