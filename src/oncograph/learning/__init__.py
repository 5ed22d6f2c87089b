"""Weights learned from annotated sentences and documents, and how well they do on what they were not learned from."""
