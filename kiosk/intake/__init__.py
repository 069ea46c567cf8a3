"""
Intake: what all kinds of submissions share: questions, numbers, query codes, sealing, the one transaction, tracking.
"""
