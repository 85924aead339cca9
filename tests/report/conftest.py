"""One browser for all pages."""

from browser import chromium  # noqa: F401
