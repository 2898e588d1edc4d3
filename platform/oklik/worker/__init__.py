"""The dialer process: claims, originates, runs one greenlet per call, writes what happened."""
