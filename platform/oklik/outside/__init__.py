"""Requests to other systems in mid-call: which may be asked, at which addresses, and how, within their time."""
