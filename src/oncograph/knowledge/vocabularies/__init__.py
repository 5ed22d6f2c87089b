"""Vocabularies that a user brings: read from their files, kept in a store, joined with the curated one."""
