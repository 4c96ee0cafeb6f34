"""Wrong equations, each the mistake of many people; a file a page.

They are written in plain NumPy, and take the place of a function of the
reference; ../mistakes.py puts them together.
"""
