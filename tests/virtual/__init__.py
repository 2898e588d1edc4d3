"""Tests of the virtual switch."""
