"""Delivery into Lambda."""
