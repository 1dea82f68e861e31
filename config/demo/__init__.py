"""The demo insurer: generated, never real, the same for the same seed and day."""
