"""Keeps the worker's children alive: restarts what dies, kills what wedges.

A child that cannot reach the database is never killed for its silence.
"""
