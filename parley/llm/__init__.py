"""Calling language models: which one, how patiently, at whose cost, and what is kept of it.

What is asked, and what is made of the answer, is the business of the parts above.
"""
