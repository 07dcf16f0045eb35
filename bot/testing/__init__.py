"""Shipped test help: the contract of networks, and stand-ins for the world."""
