"""Chains that the tests write themselves, good and bad: see forge.py and the files of cases."""
