"""Containers of a run: how each is started, when it is ready, and what it says when it is not."""
