"""Measures the redrive beside the loops that people write, on the emulator of AWS."""
