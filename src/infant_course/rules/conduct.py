"""PRO: does the treatment fit the protocol it is told to follow?"""
